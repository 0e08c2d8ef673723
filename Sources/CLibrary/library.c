#include "CLibrary.h"

#include <malloc.h>
#include <sys/timex.h>

bool clock_is_synchronised(void) {
    struct timex status = {0};
    int state = adjtimex(&status);
    return state != -1 && state != TIME_ERROR;
}

void keep_heaps(int most) { mallopt(M_ARENA_MAX, most); }
