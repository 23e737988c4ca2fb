import type { ProgressStatus } from "../../../provider/model/relationship";
import type { Candidate, Member, Situation } from "../../../provider/planner/situation";
import type { Phase, World } from "../oracle/world";
import { type GroupPlan, planOf } from "./answer";
import { defaultGroupReadings } from "./readings";
import { type GroupWorld, groupFactsOf, groupWorldOf, hasNoElementLevel, type Outsider, oneKeptEndOf } from "./set";

/**
 * The pair model's "after a step that went as predicted, planning again from what is observed … gives the rest of the plan
 * with the same hazards", of a group. None where the members keep several ends: a situation has room for one `keep`.
 */
export function* everySequelOfGroup(
	situation: Situation,
	{ moves }: GroupPlan,
): Generator<{ readonly situation: Situation; readonly answer: GroupPlan }> {
	if (oneKeptEndOf(groupWorldOf(situation, groupFactsOf(situation, defaultGroupReadings))) === undefined) {
		return;
	}
	for (const [index, { next }] of moves.entries()) {
		yield { situation: sequelOfGroup(situation, next), answer: planOf(moves.slice(index + 1)) };
	}
}

/** What is observed when a set has come about as predicted, with what the journal then says. */
export function sequelOfGroup(before: Situation, next: GroupWorld): Situation {
	const at = groupWorldOf(before, groupFactsOf(before, defaultGroupReadings));
	const kept = oneKeptEndOf(at);
	const { observed, desired } = before;
	const seen = membersIn(next, at, before);
	const [first] = seen;
	if (first === undefined) {
		throw new Error("a group without members");
	}
	const gone = next.standings.some((one) => one.world.gone);
	const copies = new Set(seen.map(({ copyState }) => JSON.stringify(copyState)));
	const word = next.saysFailedover ? "Failedover" : copies.size === 1 ? first.copyState : "Mixed";
	const { id, read, ...own } = first;
	const withoutMembers = hasNoElementLevel(before) || gone || observed.presence === "absent";
	return {
		...before,
		observed: {
			...observed,
			...(withoutMembers ? own : { direction: first.direction, syncMode: first.syncMode, progressStatus: "Completed" }),
			presence: gone ? "absent" : "present",
			vanished: false,
			targetExists: gone,
			copyState: gone ? "NotApplicable" : word,
			...(withoutMembers ? {} : { members: seen }),
			candidates: next.outsiders.map((pair) => candidateIn(pair, at, before)),
			consistency: next.consistency,
			job: null,
		},
		desired: { ...desired, ...(kept ? { keep: kept } : {}) },
	};
}

/** A member that no step has moved is seen as before, on its way and with what its journal did not say. */
function membersIn(next: GroupWorld, at: GroupWorld, { observed }: Situation): Member[] {
	const joined = (id: string) => observed.candidates?.find((candidate) => candidate.id === id);
	return next.standings.flatMap(({ ids, world, group }) =>
		ids.map((id): Member => {
			const asSeen = observed.members?.find((member) => member.id === id);
			const was = at.standings.find((one) => one.ids.includes(id))?.world;
			if (asSeen && JSON.stringify(was) === JSON.stringify(world)) {
				return asSeen;
			}
			const candidate = joined(id);
			const disks = asSeen ?? (candidate?.presence === "present" ? candidate : group);
			return { id, ...pairIn(world), readOnly: disks.readOnly, usable: disks.usable, read: true };
		}),
	);
}

function candidateIn(pair: Outsider, at: GroupWorld, { observed }: Situation): Candidate {
	const asSeen = observed.candidates?.find(({ id }) => id === pair.id);
	const was = at.outsiders.find(({ id }) => id === pair.id)?.world;
	if (asSeen === undefined) {
		throw new Error(`${pair.id} was no candidate`);
	}
	if (JSON.stringify(was) === JSON.stringify(pair.world)) {
		return asSeen;
	}
	const { readOnly, usable } = pair.facts;
	return {
		id: pair.id,
		presence: "present",
		syncType: "Mirror",
		...pairIn(pair.world),
		readOnly,
		usable,
		read: true,
	};
}

function pairIn(world: World): Omit<Member, "id" | "readOnly" | "usable" | "read"> {
	return {
		copyState: world.copy,
		progressStatus:
			world.copy === "Failedover" && world.phase === "to Synchronized" ? "FailingBack" : seenIn[world.phase],
		direction: world.direction,
		syncMode: world.mode,
		ahead: world.gone ? { source: null, target: null } : world.ahead,
		targetConsistent: world.targetConsistent,
		sourceConsistent: world.sourceConsistent,
	};
}

const seenIn: Record<Phase, ProgressStatus> = {
	ambiguous: "Pending",
	"requires Fracture": "RequiresFracture",
	"requires ResyncReplica": "RequiresResync",
	"requires Activate": "RequiresActivate",
	"requires Split": "RequiresSplit",
	"requires Resume": "RequiresResume",
	"requires Detach": "RequiresDetach",
	"to Fractured": "Fracturing",
	"to Split": "Splitting",
	"to Suspended": "Suspending",
	"to Failedover": "FailingOver",
	"to Synchronized": "Resyncing",
	copying: "Synchronizing",
	settled: "Completed",
};
