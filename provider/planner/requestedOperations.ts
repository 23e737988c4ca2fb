import { currentSource, currentTarget, type End } from "../model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../model/vocabulary/operations";
import type { OperationRule } from "./operations";
import { type Frame, perEnd, type Standing } from "./standing";

const source = ({ direction }: Standing): End => currentSource(direction);
const target = ({ direction }: Standing): End => currentTarget(direction);
const never = (): boolean => false;
const isCopying = ({ phase }: Standing): boolean => phase === "copying";
const sourceReachable = (standing: Standing, frame: Frame): boolean => frame.reachable[source(standing)];

/** A copy that is stopped before it was complete leaves half a disk; one that was complete stays whole. */
const stopped = (standing: Standing, frame: Frame, copyState: "Aborted" | "Inactive"): Standing => {
	const held = standing.ahead[source(standing)];
	const sourceAhead = isCopying(standing)
		? "yes"
		: frame.readOnly[source(standing)] || held === "yes"
			? held
			: "recent";
	return {
		...standing,
		copyState,
		phase: "settled",
		ahead: { ...standing.ahead, [source(standing)]: sourceAhead },
		whole: perEnd(
			source(standing),
			standing.whole[source(standing)],
			!isCopying(standing) && standing.whole[target(standing)],
		),
	};
};

/**
 * What a mirror knows on request alone (replication-model.md §3, copies-and-groups.md §3): no wish uses them, because each
 * leaves something that no state means or overwrites on purpose.
 */
export const requestedOperationRules: Record<
	"Abort" | "Deactivate" | "RestoreFromReplica" | "Unprepare",
	OperationRule
> = {
	Abort: {
		code: operationCodes.Abort,
		movesRoles: false,
		serves: never,
		legal: (standing, frame) => sourceReachable(standing, frame) && isCopying(standing),
		at: source,
		result: (standing, frame) => stopped(standing, frame, "Aborted"),
		hazard: () => "protectionLoss",
		takes: "currentTarget",
		why: (standing, name) => `the copy onto ${name(target(standing))} is broken off and leaves half a disk`,
	},
	Deactivate: {
		code: operationCodes.Deactivate,
		movesRoles: false,
		serves: never,
		legal: (standing, frame) =>
			sourceReachable(standing, frame) &&
			(isCopying(standing) || (standing.phase === "settled" && standing.copyState === "Synchronized")),
		at: source,
		result: (standing, frame) => stopped(standing, frame, "Inactive"),
		hazard: () => "protectionLoss",
		takes: "currentTarget",
		why: (standing, name) => `${name(target(standing))} stops following ${name(source(standing))}`,
	},
	RestoreFromReplica: {
		code: operationCodes.RestoreFromReplica,
		movesRoles: false,
		serves: never,
		legal: (standing, frame) =>
			frame.bothReachable &&
			standing.phase === "settled" &&
			(standing.copyState === "Fractured" || standing.copyState === "Split") &&
			standing.whole[target(standing)],
		at: source,
		result: (standing) => ({
			...standing,
			copyState: "Synchronized",
			ahead: { source: "no", target: "no" },
			whole: { source: true, target: true },
		}),
		hazard: (standing) => (standing.ahead[source(standing)] === "no" ? "availability" : "dataLoss"),
		takes: "currentSource",
		takesKept: true,
		why: (standing, name) =>
			`${name(source(standing))} is made what ${name(target(standing))} is: dismount it first, it serves nobody meanwhile`,
	},
	Unprepare: {
		code: operationCodes.Unprepare,
		movesRoles: false,
		serves: never,
		legal: (standing, frame) =>
			sourceReachable(standing, frame) && standing.phase === "settled" && standing.copyState === "Prepared",
		at: source,
		result: (standing) => ({
			...standing,
			copyState: "Initialized",
			whole: { ...standing.whole, [target(standing)]: false },
		}),
		hazard: () => "none",
		takes: "currentTarget",
		why: (standing, name) =>
			`${name(target(standing))} is no longer prepared; nothing in this API starts a copy from there`,
	},
};
