import { synchronizedSyncMode as modes, synchronizedCopyState as states } from "../../model/vocabulary/relationship";
import { syncedAsOf } from "./syncTime";
import { diskById, isCopy, isHalfRemoved, type SimulatedDisk, type SimulatedRelationship, type World } from "./world";

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
		if (isHalfRemoved(relationship) || isCopy(relationship)) continue;
		if (relationship.syncMode === modes.Synchronous) {
			copyOver(world, relationship, [range]);
			syncedAsOf(relationship, nowMs);
		} else relationship.tail.push({ atMs: nowMs, writes: [range] });
	}
	return range;
}

/** Writes arrive at the target. */
export function copyOver(
	world: World,
	{ target }: Pick<SimulatedRelationship, "target">,
	writes: readonly WriteRange[],
): void {
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
	to.content = firstWrites(from, Math.floor(countWrites(from) * part));
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
	to.content = withWrites(from, []);
	relationship.tail = [];
}

/** What is copied, and onto which disk: a point-in-time copy gets what its source held then, whatever was written since. */
function endsOfCopy(
	world: World,
	{ source, target, pointInTime }: SimulatedRelationship,
	backwards: boolean,
): { readonly from: readonly WriteRange[]; readonly to: SimulatedDisk } {
	const [one, other] = [diskById(world, source), diskById(world, target)];
	return backwards ? { from: other.content, to: one } : { from: pointInTime?.writes ?? one.content, to: other };
}

/** Running mirrors of a disk that is overwritten carry on what becomes of it, the loss included. */
export function carryToMirrors(world: World, source: string): void {
	const { content } = diskById(world, source);
	for (const relationship of world.relationships) {
		if (relationship.source !== source || relationship.copyState !== states.Synchronized) continue;
		if (isCopy(relationship) || isHalfRemoved(relationship)) continue;
		diskById(world, relationship.target).content = withWrites(content, []);
		relationship.tail = [];
	}
}

/** The target keeps only what its source holds, too. */
export function dropOwnWrites(world: World, { source, target }: SimulatedRelationship): void {
	const disk = diskById(world, target);
	disk.content = withoutWrites(disk.content, withoutWrites(disk.content, diskById(world, source).content));
}

/** What was written to a copy itself: what it holds and the point in time did not. */
export function ownWrites(world: World, { target, pointInTime }: SimulatedRelationship): WriteRange[] {
	return withoutWrites(diskById(world, target).content, pointInTime?.writes ?? []);
}

/** Acknowledged writes that no disk holds any more. */
export function lostWrites(world: World): WriteRange[] {
	const all: WriteRange[] = world.lastWrite === 0 ? [] : [[1, world.lastWrite]];
	return world.disks.reduce((left, disk) => withoutWrites(left, disk.content), all);
}
