import type { Operation } from "../../../provider/model/relationship";
import { operations } from "../../../provider/model/vocabulary";
import type { Desired, Observed } from "../../../provider/planner/situation";
import { copyStates as named } from "../oracle/values";

export const kinds = ["Snapshot", "Clone", "TokenizedClone"] as const;

/** §5 "14 CopyStates, 16, 17, 18": what has no meaning at all is there too. */
export const copyStates: readonly Observed["copyState"][] = [
	...named,
	{ unknown: 16 },
	{ unknown: 17 },
	{ unknown: 18 },
];

/** §5 "subsets of {15, 16, 18, 21, 22, 23, 27, 49}"; 4 of §1.7. */
export const meaningful: readonly number[] = [4, 15, 16, 18, 21, 22, 23, 27, 49];

export const everyOperation = Object.keys(
	operations.virtualDiskSetReplicationRelationshipOperation,
) as readonly Operation[];

/** What §1.5 has a row for. */
export const advertisable: readonly Operation[] = [
	"Abort",
	"Activate",
	"Deactivate",
	"Detach",
	"Dissolve",
	"Fracture",
	"ResyncReplica",
	"RestoreFromReplica",
	"Resume",
	"ReturnToResourcePool",
	"Split",
	"Suspend",
	"Unprepare",
];

/** What 3PAR offers a copy. */
export const of3par: readonly Operation[] = [
	"Abort",
	"Activate",
	"Deactivate",
	"Detach",
	"ResyncReplica",
	"RestoreFromReplica",
];

/** Every wish of a kind, with and without what is asked once. */
export function wishesOf(kind: (typeof kinds)[number]): readonly Desired[] {
	const states =
		kind === "Snapshot" ? (["active", "inactive"] as const) : (["active", "suspended", "detached"] as const);
	const removals =
		kind === "Snapshot" ? (["Detach", "Dissolve", "ReturnToResourcePool"] as const) : (["Detach", "Dissolve"] as const);
	return [
		...states.flatMap((state) => asks.map((asked) => ({ kind, state, ...asked }))),
		{ kind, state: "absent" },
		...removals.map((by) => ({ kind, state: "absent" as const, by })),
	];
}

export function requestsOf(kind: Desired["kind"] & string): readonly Desired[] {
	return everyOperation.map((operation) => ({
		kind: kind as NonNullable<Desired["kind"]>,
		state: "operation",
		operation,
	}));
}

const asks: readonly Partial<Desired>[] = [{}, { retake: true }, { restore: true }, { retake: true, restore: true }];
