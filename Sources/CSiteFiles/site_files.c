// #embed costs nothing to compile. SwiftPM's own way, an array literal in Swift, took 80 seconds for these 30 kB.
#include "site_files.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "../MatrixReport/Resources/site.css"
};
static const unsigned char script[] = {
#embed "../MatrixReport/Resources/site.js"
};
static const unsigned char report_lines_schema[] = {
#embed "../MatrixReport/Resources/report-lines-2.schema.json"
};

struct site_file site_style(void) { return (struct site_file){style, sizeof style}; }
struct site_file site_script(void) { return (struct site_file){script, sizeof script}; }
struct site_file site_report_lines_schema(void) { return (struct site_file){report_lines_schema, sizeof report_lines_schema}; }
