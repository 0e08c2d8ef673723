// Time as the test bench can make it: a kernel that lets hours pass where everybody sleeps.

/// Whether this kernel's time jumps to whatever somebody waits for, as with `run-in --virtual-time`.
package enum VirtualTime {
    package static let isOn = fileText("/proc/cmdline").contains("time-travel=inf-cpu")
}
