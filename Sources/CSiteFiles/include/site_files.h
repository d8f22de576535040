// The files of the published site, compiled into the program: what is shipped is one static file.
#pragma once
#include <stddef.h>

struct site_file {
    const unsigned char *bytes;
    size_t length;
};

struct site_file site_style(void);
struct site_file site_script(void);
struct site_file site_report_lines_schema(void);
