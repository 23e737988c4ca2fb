/**
 * Calls that read a disk, or restore it, one after the other in one process. Two runs that both looked before either
 * called would restore one disk from two copies, or make a copy of half of it: neither saw the other begin, and where a
 * restore drops what it restored, nothing that is whole is left.
 */
export class Turns {
	private readonly last = new Map<string, Promise<unknown>>();
	private readonly restored = new Set<string>();

	/** `isRestored`: a restore of this disk was asked for before in this process, so an older look says nothing of it. */
	take<T>(disk: string, restores: boolean, call: (isRestored: boolean) => Promise<T>): Promise<T> {
		const key = disk.toLowerCase();
		const before = this.last.get(key) ?? Promise.resolve();
		const turn = before.then(() => {
			const isRestored = this.restored.has(key);
			if (restores) this.restored.add(key);
			return call(isRestored);
		});
		this.last.set(
			key,
			turn.catch(() => undefined),
		);
		return turn;
	}
}
