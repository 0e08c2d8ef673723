#include "CClock.h"

#include <sys/timex.h>

bool clock_is_synchronised(void) {
    struct timex status = {0};
    int state = adjtimex(&status);
    return state != -1 && state != TIME_ERROR;
}
