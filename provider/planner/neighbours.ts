import { errorCodes } from "../model/errorCodes";
import { currentSource, currentTarget, describeName, type End } from "../model/relationship";
import { features } from "./features";
import type { NameEnd } from "./operations";
import { type Phase, phaseOf } from "./phase";
import type { Step } from "./plan";
import type { Hindrance } from "./refusals";
import type { Neighbour } from "./situation";
import type { Frame, Standing } from "./standing";

/** What a step reads, what it overwrites, and which disk it makes a target (copies-and-groups.md §1.7). */
interface Touched {
	readonly reads: End | null;
	readonly restores: End | null;
	readonly makesTarget: End | null;
	readonly deletes: End | null;
}

const touchesNothing: Touched = { reads: null, restores: null, makesTarget: null, deletes: null };

function touchedBy(step: Step, { direction, copy }: Standing): Touched {
	const isCopy = copy !== null;
	const [source, target] = [currentSource(direction), currentTarget(direction)];
	if (step.kind === "wait") return touchesNothing;
	if (step.kind === "create") return { ...touchesNothing, reads: "source", makesTarget: "target" };
	switch (step.operation) {
		case "Resume":
			// A copy goes on with the point in time that it has: what its source is by now says nothing of that.
			return { ...touchesNothing, reads: isCopy ? null : source, makesTarget: isCopy ? target : null };
		case "Activate":
		case "ResyncReplica":
			// A mirror's target is one already; a copy is made anew.
			return { ...touchesNothing, reads: source, makesTarget: isCopy ? target : null };
		case "Failback":
			return { ...touchesNothing, reads: target, makesTarget: source };
		case "ReverseRoles":
			return { ...touchesNothing, makesTarget: source };
		case "RestoreFromReplica":
			return { ...touchesNothing, restores: source };
		case "ReturnToResourcePool":
			return { ...touchesNothing, deletes: target };
		default:
			return touchesNothing;
	}
}

/** The disk that has to be whole for a step, or that it makes half of two for a while: which it does. */
export interface Needed {
	readonly end: End;
	readonly restores: boolean;
}

export function wholeFor(step: Step, standing: Standing): Needed | null {
	const { reads, restores } = touchedBy(step, standing);
	const end = restores ?? reads;
	return end === null ? null : { end, restores: restores !== null };
}

/**
 * What other relationships of the two disks say against a plan, or null. Asked of every plan with an operation: the one that
 * is planned for knows nothing of them, and a restore onto a mirror's source would be carried to the very copy that undoes it.
 */
export function hinderedByNeighbours(
	steps: readonly Step[],
	standings: readonly Standing[],
	frame: Frame,
	name: NameEnd,
): Hindrance | null {
	if (frame.neighbours.length === 0) return null;
	for (const [index, step] of steps.entries()) {
		const standing = standings[index];
		if (standing === undefined) continue;
		const touched = touchedBy(step, standing);
		for (const neighbour of frame.neighbours) {
			const hindrance = hinderedBy(neighbour, touched, frame, name);
			if (hindrance !== null) return hindrance;
		}
	}
	return null;
}

function hinderedBy(neighbour: Neighbour, touched: Touched, frame: Frame, name: NameEnd): Hindrance | null {
	const { at, role, syncType, copyState } = neighbour;
	const isMirror = syncType === "Mirror";
	const disk = name(at);
	const state = describeName(copyState, "CopyState");
	if (touched.deletes === at) {
		return {
			code: errorCodes.diskIsTarget,
			reason: `${disk} is in another relationship (${state}), and would be deleted`,
			wayOut: () => "end that relationship first",
		};
	}
	if (touched.makesTarget === at && role === "target") {
		return {
			code: errorCodes.diskIsTarget,
			reason: `${disk} is the target of another relationship (${state}), and one disk cannot be a copy of two`,
			wayOut: () => "end that relationship first, or declare another disk",
		};
	}
	if (touched.restores === at && isMirror) {
		if (role === "source" && !isSeparated(neighbour)) {
			return {
				code: errorCodes.mirrorMustBeSplit,
				reason: `${disk} is the source of a mirror (${state}), which would carry the restore to its target, the copy that could undo it`,
				wayOut: () => "declare that mirror split first",
			};
		}
		if (role === "target" && copyState !== "Failedover") {
			return {
				code: errorCodes.diskIsTarget,
				reason: `${disk} is the target of a mirror (${state}): what it holds is not its own`,
				wayOut: () => "restore at the end that serves, or fail the mirror over first",
			};
		}
	}
	if (touched.restores === at && !isMirror && role === "target") {
		return {
			code: errorCodes.diskIsTarget,
			reason: `${disk} is itself a copy of another disk (${state}): what it holds is not its own`,
			wayOut: () => "end that relationship first",
		};
	}
	const isRestored = role === "source" && !isMirror && neighbour.progressStatus === "Restoring";
	// What overwrites it meanwhile leaves nothing of what is restored, and the array may drop the image when that has ended.
	if (isRestored && (touched.reads === at || touched.restores === at || touched.makesTarget === at)) {
		return {
			code: errorCodes.sourceNotConsistent,
			reason: `${disk} is being restored from another copy: it is half a disk until that ends`,
			wayOut: () => "wait for the restore, then run again",
		};
	}
	if (frame.kind === "Mirror") return null;
	if (touched.reads === at && role === "target" && isMirror) {
		if (frame.features.has(features.multiHopNeedsOneSyncType)) {
			return {
				code: errorCodes.featureForbids,
				reason: `${disk} is the target of a ${describeName(syncType, "replica type")}, and the array wants relationships in a row to be of one kind (feature ${features.multiHopNeedsOneSyncType})`,
				wayOut: () => "copy the other end of that relationship instead",
			};
		}
		if (isHalf(neighbour)) {
			return {
				code: errorCodes.sourceNotConsistent,
				reason: `${disk} is the target of a mirror whose copy is not complete (${state}), so a copy of it would not be consistent`,
				wayOut: () => "wait until the mirror is Synchronized, or split it, then run again",
			};
		}
	}
	return null;
}

const phaseOfNeighbour = ({ copyState, progressStatus }: Neighbour): Phase =>
	phaseOf({ presence: "present", copyState, progressStatus, job: null });

function isHalf(neighbour: Neighbour): boolean {
	const phase = phaseOfNeighbour(neighbour);
	const { copyState, targetConsistent } = neighbour;
	return phase === "copying" || phase === "toSynchronized" || copyState === "Aborted" || targetConsistent === false;
}

function isSeparated(neighbour: Neighbour): boolean {
	const { copyState } = neighbour;
	return phaseOfNeighbour(neighbour) === "settled" && (copyState === "Split" || copyState === "Fractured");
}

/** What the same relationships leave to doubt about a copy that reads such a disk. */
export function warningsOfNeighbours(
	steps: readonly Step[],
	standings: readonly Standing[],
	frame: Frame,
	name: NameEnd,
): string[] {
	if (frame.kind === "Mirror") return [];
	const warnings = steps.flatMap((step, index) => {
		const standing = standings[index];
		const reads = standing === undefined ? null : touchedBy(step, standing).reads;
		return frame.neighbours.flatMap((neighbour) => {
			const { at, role, syncType } = neighbour;
			if (reads === null || at !== reads || role !== "target" || syncType !== "Mirror") return [];
			return warningsOf(neighbour, name(reads), frame);
		});
	});
	return [...new Set(warnings)];
}

function warningsOf({ syncType, copyState, syncMode }: Neighbour, disk: string, frame: Frame): string[] {
	const { features: has } = frame;
	const isMirror = syncType === "Mirror";
	const isOlder = copyState === "Broken" || copyState === "Suspended" || copyState === "Inactive";
	return [
		...(isMirror && isOlder
			? [`${disk} is the target of a mirror that is ${copyState}: the image is older, and how old is not known`]
			: []),
		...(isMirror && syncMode === "Asynchronous"
			? [`${disk} is the target of an asynchronous mirror: that writes arrive in order is the array's promise`]
			: []),
		...(has.size > 0 && !has.has(features.multiHop)
			? [`the array does not say that it copies a target (feature ${features.multiHop})`]
			: []),
		...(has.has(features.multiHopNeedsNotice)
			? [
					`the array wants to know of relationships in a row before they are made (feature ${features.multiHopNeedsNotice})`,
				]
			: []),
	];
}
