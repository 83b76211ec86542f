/* Tells the thread sanitizer what Swift's `Mutex` does when it is contended.
 *
 * The way without contention is inlined into our code and seen. The slow way is a call into libswiftSynchronization,
 * which is not built with the sanitizer, so that a wait for the lock is not seen to order anything, and reports of
 * races follow where there are none. This library stands before that one (LD_PRELOAD), calls it, and says what was
 * acquired and released. Nothing is suppressed: a race without a lock is still found.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

/* Of the sanitizer; missing in programs without it, such as `swift test` itself. */
__attribute__((weak)) void __tsan_acquire(void *address);
__attribute__((weak)) void __tsan_release(void *address);

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void (*lock_call)(uint32_t, __attribute__((swift_context)) void *);
typedef __attribute__((swiftcall)) void (*unlock_call)(__attribute__((swift_context)) void *);

static lock_call next_lock;
static unlock_call next_unlock;

__attribute__((constructor)) static void find_next(void) {
    next_lock = (lock_call)dlsym(RTLD_NEXT, LOCK);
    next_unlock = (unlock_call)dlsym(RTLD_NEXT, UNLOCK);
}

__attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex) __asm__(LOCK);
__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *mutex) __asm__(UNLOCK);

__attribute__((swiftcall)) void lock_slow(uint32_t thread, __attribute__((swift_context)) void *mutex) {
    next_lock(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *mutex) {
    if (__tsan_release) __tsan_release(mutex);
    next_unlock(mutex);
}
