/** What Windows says of a file that a scanner, an indexer or a reader has open at this moment. */
const busy: readonly unknown[] = ["EPERM", "EACCES", "EBUSY"];

/** A second in all: longer than anybody reads a file, and soon enough for a folder that is really forbidden. */
const attempts = 20;
const pauseMs = 50;

/** Does it again while the file is busy, for about a second; then the error is told. */
export function despiteBusy<T>(act: () => T, pause: (ms: number) => void = sleep): T {
	for (let left = attempts; ; left--) {
		try {
			return act();
		} catch (error) {
			if (left === 0 || !busy.includes((error as NodeJS.ErrnoException).code)) throw error;
			pause(pauseMs);
		}
	}
}

function sleep(ms: number): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
