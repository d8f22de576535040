#pragma once

// syncfs(2), which glibc's module does not show.
int syncfs(int fd);
