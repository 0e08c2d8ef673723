// A line that is set, as the guard sets one: a file among simulated lines, with its order in the trace, or a kernel's line
// through libgpiod.

#pragma once

/// Makes `place` a simulated folder (it has outputs/ and trace), or the label of a gpiochip. Ends the program where it can't.
void lines_open(const char *place, int is_chip, int count);

/// Sets the coil of a locker, 1 to `count`.
void lines_set(int locker, int is_on);
