// The city pool: the registry and ledger that the stations of a city belong to.

import Glibc

// What the pool writes is for its owner's eyes; and a client that goes away is no reason to end.
umask(0o077)
signal(SIGPIPE, SIG_IGN)
exit(await runCommand())
