// libqrencode, as Debian's libqrencode-dev brings it.

#include <qrencode.h>
