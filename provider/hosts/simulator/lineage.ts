import { synchronizedSyncMode as modes, synchronizedCopyState as states } from "../../model/vocabulary/relationship";
import { syncedAsOf } from "./syncTime";
import { diskById, isHalfRemoved, type SimulatedRelationship, type World } from "./world";

export type WriteRange = [number, number];

/** Both ranges together, ascending, joined where they touch. */
export function withWrites(one: readonly WriteRange[], other: readonly WriteRange[]): WriteRange[] {
	const sorted = [...one, ...other].map(([from, to]): WriteRange => [from, to]).sort(([a], [b]) => a - b);
	const joined: WriteRange[] = [];
	for (const [from, to] of sorted) {
		const last = joined.at(-1);
		if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
		else joined.push([from, to]);
	}
	return joined;
}

/** Numbers of `all` that are not in `held`. */
export function withoutWrites(all: readonly WriteRange[], held: readonly WriteRange[]): WriteRange[] {
	let left: WriteRange[] = all.map(([from, to]) => [from, to]);
	for (const [from, to] of held) {
		left = left.flatMap(([start, end]): WriteRange[] => {
			if (to < start || from > end) return [[start, end]];
			const parts: WriteRange[] = [];
			if (start < from) parts.push([start, from - 1]);
			if (end > to) parts.push([to + 1, end]);
			return parts;
		});
	}
	return left;
}

export function countWrites(ranges: readonly WriteRange[]): number {
	return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

/** Acknowledges writes on a disk; a synchronous mirror has them at once, an asynchronous one later. */
export function acknowledge(world: World, uniqueId: string, count: number, nowMs: number): WriteRange {
	const range: WriteRange = [world.lastWrite + 1, world.lastWrite + count];
	world.lastWrite += count;
	const disk = diskById(world, uniqueId);
	disk.content = withWrites(disk.content, [range]);
	for (const relationship of world.relationships) {
		if (relationship.source !== uniqueId || relationship.copyState !== states.Synchronized) continue;
		if (isHalfRemoved(relationship)) continue;
		if (relationship.syncMode === modes.Synchronous) {
			copyOver(world, relationship, [range]);
			syncedAsOf(relationship, nowMs);
		} else relationship.tail.push({ atMs: nowMs, writes: [range] });
	}
	return range;
}

/** Writes arrive at the target. */
export function copyOver(world: World, { target }: SimulatedRelationship, writes: readonly WriteRange[]): void {
	const disk = diskById(world, target);
	disk.content = withWrites(disk.content, writes);
}

/**
 * The end that a copy runs onto holds as much of the other as has been copied, and nothing of its own: it is neither
 * what it was nor what it is to become. Which is why a copy that breaks off costs more than the time.
 */
export function overwritePart(
	world: World,
	relationship: SimulatedRelationship,
	backwards: boolean,
	part: number,
): void {
	const { from, to } = endsOfCopy(world, relationship, backwards);
	to.content = firstWrites(from.content, Math.floor(countWrites(from.content) * part));
}

function firstWrites(ranges: readonly WriteRange[], count: number): WriteRange[] {
	const first: WriteRange[] = [];
	let left = count;
	for (const [from, to] of ranges) {
		if (left === 0) break;
		const last = Math.min(to, from + left - 1);
		first.push([from, last]);
		left -= last - from + 1;
	}
	return first;
}

/** The target becomes what the source is, or the other way round; whatever only the overwritten one held is gone. */
export function overwrite(world: World, relationship: SimulatedRelationship, backwards: boolean): void {
	const { from, to } = endsOfCopy(world, relationship, backwards);
	to.content = from.content.map(([start, end]): WriteRange => [start, end]);
	relationship.tail = [];
}

function endsOfCopy(world: World, { source, target }: SimulatedRelationship, backwards: boolean) {
	return {
		from: diskById(world, backwards ? target : source),
		to: diskById(world, backwards ? source : target),
	};
}

/** Acknowledged writes that no disk holds any more. */
export function lostWrites(world: World): WriteRange[] {
	const all: WriteRange[] = world.lastWrite === 0 ? [] : [[1, world.lastWrite]];
	return world.disks.reduce((left, disk) => withoutWrites(left, disk.content), all);
}
