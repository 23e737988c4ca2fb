import { describeIds } from "./describePlan";
import { consistencyHolds } from "./groupMoves";
import { asPair, type Group, membersOf, type Place } from "./groupStanding";
import { warningsOfMirror } from "./mirrorWarnings";
import type { NameEnd } from "./operations";
import type { Step } from "./plan";
import type { Situation } from "./situation";

interface FoundWay {
	readonly steps: readonly Step[];
	readonly group: Group;
	/** One more than there are steps: where the first begins, then where each leads to. */
	readonly places: readonly Place[];
}

/** What whoever reads the plan of a group has to know besides. */
export function warningsOfGroup(situation: Situation, way: FoundWay, name: NameEnd): string[] {
	return [...warningsOfPairs(way), ...warningsOfMembers(situation, way, name)];
}

function warningsOfPairs({ steps, group, places }: FoundWay): string[] {
	const last = places.at(-1);
	const { desired } = group;
	const isAboutMembers = desired.state === "active" || desired.state === "reversed";
	const alone = steps.some((step) => step.kind === "operation" && step.members !== undefined);
	const removed = steps.flatMap((step) =>
		step.kind === "operation" && step.operation === "RemoveSyncPair" ? (step.pairs ?? []) : [],
	);
	return [
		alone && "some members are steered alone: what they hold is not one point in time for the group",
		removed.length > 0 &&
			`${describeIds(removed)}: still related; declare a VirtualDiskReplication to adopt or delete such a pair`,
		isAboutMembers &&
			desired.consistency !== undefined &&
			last !== undefined &&
			last.consistency === null &&
			consistencyHolds(group, last) &&
			`the array does not report consistency; ${desired.consistency} is taken as met`,
	].filter((warning) => warning !== false);
}

/** What the plan of each as a pair warns of: true of all it is told of the group, true of some of these. */
function warningsOfMembers(situation: Situation, { steps, group, places }: FoundWay, name: NameEnd): string[] {
	const members = membersOf(situation);
	const warned = new Map<string, string[]>();
	for (const member of members) {
		const id = member?.id ?? "";
		const index = group.parts.findIndex(({ ids }) => ids.includes(id));
		const isOwn = steps.map((step) => step.kind === "wait" || (step.members ?? step.pairs ?? [id]).includes(id));
		const own = steps.filter((_, at) => isOwn[at]);
		const standings = places.flatMap((place, at) => (at === 0 || isOwn[at - 1] ? (place.standings[index] ?? []) : []));
		for (const warning of warningsOfMirror(asPair(situation, member), own, standings, name)) {
			warned.set(warning, [...(warned.get(warning) ?? []), id]);
		}
	}
	return [...warned].map(([warning, ids]) =>
		ids.length === members.length ? warning : `${describeIds(ids.sort())}: ${warning}`,
	);
}
