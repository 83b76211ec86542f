#pragma once
#include <archive.h>
#include <archive_entry.h>

/// The C library hides this call from Swift.
extern int syncfs(int descriptor);
