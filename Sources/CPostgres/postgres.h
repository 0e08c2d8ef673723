// libpq, PostgreSQL's own client library, as Debian's libpq-dev brings it.

#include <postgresql/libpq-fe.h>
