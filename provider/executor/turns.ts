/** The right to send one call that reads a disk, or restores it. */
export interface Turn {
	/** A restore of this disk was asked for before in this process, so an older look says nothing of it. */
	readonly isRestored: boolean;
	/** Ending it twice is ending it once. */
	end(): void;
}

/**
 * Calls that read a disk, or restore it, one after the other in one process. Two runs that both looked before either
 * called would restore one disk from two copies, or make a copy of half of it: neither saw the other begin, and where a
 * restore drops what it restored, nothing that is whole is left. A restore's turn is to last until it is proven: an array
 * that shows the old state for a moment would tell the next one that the disk is at rest.
 */
export class Turns {
	private readonly last = new Map<string, Promise<void>>();
	private readonly restored = new Set<string>();
	private readonly restoring = new Map<string, number>();

	/** A restore of this disk is under way, or waits for its turn. */
	isRestoring(disk: string): boolean {
		return (this.restoring.get(disk.toLowerCase()) ?? 0) > 0;
	}

	async take(disk: string, restores: boolean): Promise<Turn> {
		const key = disk.toLowerCase();
		const before = this.last.get(key);
		let hasEnded = () => {};
		this.last.set(key, new Promise((resolve) => (hasEnded = resolve)));
		const count = (more: number) => this.restoring.set(key, (this.restoring.get(key) ?? 0) + more);
		if (restores) count(1);
		await before;
		const isRestored = this.restored.has(key);
		if (restores) this.restored.add(key);
		let isOver = false;
		const end = () => {
			if (isOver) return;
			isOver = true;
			if (restores) count(-1);
			hasEnded();
		};
		return { isRestored, end };
	}
}
