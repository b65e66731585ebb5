// Tells the thread sanitizer of Swift's Mutex on Linux; `make test-tsan` loads it before everything else.
//
// A contended Mutex (of the module Synchronization) is locked and unlocked by the kernel, in a library that is not instrumented. The sanitizer
// does not see that one thread waited for the other, and takes what the Mutex guards for a race: a loop of twenty lines shows it. These two
// stand before that library's slow paths and say what happened. The fast paths are inlined into instrumented code and need no help.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define METHOD __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *handle

// Not there in programs that are not sanitized.
void __tsan_acquire(void *) __attribute__((weak));
void __tsan_release(void *) __attribute__((weak));

METHOD void lock_slow(uint32_t thread, SELF) __asm__(LOCK);
METHOD void lock_slow(uint32_t thread, SELF) {
  ((METHOD void (*)(uint32_t, SELF))dlsym(RTLD_NEXT, LOCK))(thread, handle);
  if (__tsan_acquire) __tsan_acquire(handle);
}

METHOD void unlock_slow(SELF) __asm__(UNLOCK);
METHOD void unlock_slow(SELF) {
  if (__tsan_release) __tsan_release(handle);
  ((METHOD void (*)(SELF))dlsym(RTLD_NEXT, UNLOCK))(handle);
}
