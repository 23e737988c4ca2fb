import {
	type CopyState,
	currentSource,
	currentTarget,
	type End,
	type Operation,
	otherDirection,
} from "../model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../model/vocabulary/operations";
import { features } from "./features";
import type { Hazard, Loss } from "./plan";
import { type Frame, type Standing, separated, synchronized } from "./standing";

/** The operations a plan may hold. The rest of the 22 are for groups and snapshots, or overwrite on purpose. */
export type PlannedOperation = Extract<
	Operation,
	| "Activate"
	| "Detach"
	| "Dissolve"
	| "Failover"
	| "Failback"
	| "Fracture"
	| "ResyncReplica"
	| "Resume"
	| "ResetToSync"
	| "ResetToAsync"
	| "ReverseRoles"
	| "Split"
	| "Suspend"
>;

/** Words for an end: `the source`, or the name of its disk; of one pair of a group, by its id, that of the pair's own. */
export type NameEnd = (end: End, pair?: string) => string;

/**
 * One operation, complete: nothing else in the package switches on an operation's name. To add one, add a row
 * (CONTRIBUTING.md has the checklist). The table is replication-model.md §3.
 */
export interface OperationRule {
	/** Number of `SetReplicationRelationship.Operation`. */
	readonly code: number;
	/** Failover, Failback and ReverseRoles: dearer than any loss of protection, and only for wishes that speak of roles. */
	readonly movesRoles: boolean;
	/** May this wish use it here? */
	readonly serves: (standing: Standing, frame: Frame) => boolean;
	/** Is it legal from this state, with these features and these ends reachable? Advertising is asked apart. */
	readonly legal: (standing: Standing, frame: Frame) => boolean;
	/** The end it is issued at; the current source unless the row says otherwise. */
	readonly at: (standing: Standing, frame: Frame) => End;
	readonly result: (standing: Standing, frame: Frame) => Standing;
	readonly hazard: (standing: Standing, frame: Frame) => Hazard;
	/** Whose writes go when the hazard is dataLoss. */
	readonly takes: "currentSource" | "currentTarget";
	/** What goes, where it is not writes. */
	readonly what?: (standing: Standing) => Loss["what"] | "writes";
	/** It may take old writes of the kept end as well: whoever asks for it by name asks for that. */
	readonly takesKept?: true;
	readonly why: (standing: Standing, name: NameEnd) => string;
}

const atCurrentSource = ({ direction }: Standing): End => currentSource(direction);
const atReachableEnd = ({ direction }: Standing, frame: Frame): End =>
	frame.reachable[currentSource(direction)] ? currentSource(direction) : currentTarget(direction);

const settledAs = (standing: Standing, ...states: readonly CopyState[]): boolean =>
	standing.phase === "settled" && (states as readonly string[]).includes(standing.copyState);

const copyingUnsynchronized = ({ phase, copyState }: Standing): boolean =>
	phase === "copying" && copyState === "Unsynchronized";

const sourceReachable = ({ direction }: Standing, frame: Frame): boolean => frame.reachable[currentSource(direction)];
const sourceAhead = ({ direction, ahead }: Standing): boolean => ahead[currentSource(direction)] !== "no";
const targetAhead = ({ direction, ahead }: Standing): boolean => ahead[currentTarget(direction)] !== "no";

/** The kinds of harm this prevents: half a disk that serves, and half a disk that is copied over the whole one. */
const targetWhole = ({ direction, whole }: Standing): boolean => whole[currentTarget(direction)];
const sourceWhole = ({ direction, whole }: Standing): boolean => whole[currentSource(direction)];
const targetUsable = ({ direction }: Standing, { usable }: Frame): boolean => usable[currentTarget(direction)];

const anyWish = (): boolean => true;
const wishesRoles = (_: Standing, { desired }: Frame): boolean =>
	desired.state === "active" || desired.state === "reversed";

/** `suspended` and `failedOver` never start a copy on their own: only one that the array requires. */
const mayStartCopy = ({ phase }: Standing, { desired }: Frame): boolean =>
	phase.startsWith("requires") || (desired.state !== "suspended" && desired.state !== "failedOver");

const removal = (by: "Detach" | "Dissolve") => ({
	code: operationCodes[by],
	movesRoles: false,
	serves: (_: Standing, { desired }: Frame) =>
		desired.state === "absent" && (desired.by === undefined || desired.by === by),
	legal: ({ phase, copyState }: Standing, frame: Frame) => {
		if (copyState === "absent" || frame.features.has(features.targetMustRemainAssociated)) return false;
		if (phase === "toSynchronized") return !frame.bothReachable;
		return phase === "settled" || phase === "copying" || phase.startsWith("requires");
	},
	at: atReachableEnd,
	result: (standing: Standing): Standing => ({ ...standing, copyState: "absent", phase: "settled" }),
	hazard: (): Hazard => "protectionLoss",
	takes: "currentTarget" as const,
	why: ({ direction }: Standing, name: NameEnd) =>
		`${name(currentTarget(direction))} is no longer a copy of ${name(currentSource(direction))}`,
});

const reset = (
	operation: "ResetToSync" | "ResetToAsync",
	syncMode: "Synchronous" | "Asynchronous",
	hazard: Hazard,
) => ({
	code: operationCodes[operation],
	movesRoles: false,
	serves: (_: Standing, { desired }: Frame) => desired.syncMode === syncMode,
	legal: (standing: Standing, frame: Frame) =>
		frame.bothReachable &&
		standing.syncMode !== syncMode &&
		standing.syncMode !== "Unknown" &&
		(settledAs(standing, "Synchronized", "Suspended") || copyingUnsynchronized(standing)),
	at: atCurrentSource,
	result: (standing: Standing, frame: Frame): Standing => {
		const changed = { ...standing, syncMode };
		return settledAs(standing, "Synchronized") ? synchronized(changed, frame) : changed;
	},
	hazard: (): Hazard => hazard,
	takes: "currentTarget" as const,
	why: ({ direction }: Standing, name: NameEnd) =>
		syncMode === "Synchronous"
			? `writes to ${name(currentSource(direction))} wait for ${name(currentTarget(direction))} from now on`
			: `${name(currentTarget(direction))} may lag behind ${name(currentSource(direction))} from now on`,
});

/** Required after a failover (features 47, 48) it changes nothing about who serves. */
const separatedOrFailedOver = (standing: Standing, frame: Frame, copyState: "Fractured" | "Split"): Standing =>
	standing.copyState === "Failedover" ? { ...standing, phase: "settled" } : separated(standing, frame, copyState);

export const operationRules = {
	Suspend: {
		code: operationCodes.Suspend,
		movesRoles: false,
		serves: anyWish,
		legal: (standing, frame) =>
			sourceReachable(standing, frame) && (settledAs(standing, "Synchronized") || copyingUnsynchronized(standing)),
		at: atCurrentSource,
		result: (standing, frame) => separated(standing, frame, "Suspended"),
		hazard: () => "protectionLoss",
		takes: "currentTarget",
		why: ({ direction }, name) => `${name(currentTarget(direction))} stops following; changes are tracked`,
	},
	Fracture: {
		code: operationCodes.Fracture,
		movesRoles: false,
		serves: anyWish,
		legal: (standing, frame) =>
			sourceReachable(standing, frame) &&
			(settledAs(standing, "Synchronized") || standing.phase === "requiresFracture"),
		at: atCurrentSource,
		result: (standing, frame) => separatedOrFailedOver(standing, frame, "Fractured"),
		hazard: () => "protectionLoss",
		takes: "currentTarget",
		why: ({ copyState, direction }, name) =>
			copyState === "Failedover"
				? "the array requires it after the failover"
				: `${name(currentTarget(direction))} is separated, writable on its own`,
	},
	Split: {
		code: operationCodes.Split,
		movesRoles: false,
		serves: anyWish,
		legal: (standing, frame) =>
			frame.bothReachable && (settledAs(standing, "Synchronized") || standing.phase === "requiresSplit"),
		at: atCurrentSource,
		result: (standing, frame) => separatedOrFailedOver(standing, frame, "Split"),
		hazard: () => "protectionLoss",
		takes: "currentTarget",
		why: ({ copyState, direction }, name) =>
			copyState === "Failedover"
				? "the array requires it after the failover"
				: `${name(currentTarget(direction))} is separated as a consistent copy`,
	},
	Resume: {
		code: operationCodes.Resume,
		movesRoles: false,
		serves: mayStartCopy,
		legal: (standing, frame) =>
			frame.bothReachable &&
			sourceWhole(standing) &&
			(settledAs(standing, "Suspended") || standing.phase === "requiresResume"),
		at: atCurrentSource,
		result: (standing, frame) => synchronized(standing, frame),
		// While it catches up there is no consistent copy anywhere else (the "rolling disaster"), unless there is none yet.
		hazard: (standing) => {
			if (targetAhead(standing)) return "dataLoss";
			return standing.phase !== "requiresResume" && sourceAhead(standing) ? "protectionLoss" : "none";
		},
		takes: "currentTarget",
		why: ({ direction }, name) => `${name(currentTarget(direction))} follows ${name(currentSource(direction))} again`,
	},
	ResyncReplica: {
		code: operationCodes.ResyncReplica,
		movesRoles: false,
		serves: mayStartCopy,
		legal: (standing, frame) =>
			frame.bothReachable &&
			sourceWhole(standing) &&
			(standing.phase === "requiresResyncReplica" ||
				settledAs(standing, "Fractured", "Split", "Skewed", "Aborted") ||
				(settledAs(standing, "Broken") && !frame.features.has(features.brokenRecoversAutomatically)) ||
				(settledAs(standing, "Suspended") && !isAdvertised("Resume", frame))),
		at: atCurrentSource,
		result: (standing, frame) =>
			synchronized(
				standing,
				frame,
				frame.features.has(features.resyncRequiresActivate) ? "requiresActivate" : "settled",
			),
		hazard: (standing) =>
			targetAhead(standing)
				? "dataLoss"
				: standing.copyState === "Aborted" || standing.phase === "requiresResyncReplica"
					? "none"
					: "protectionLoss",
		takes: "currentTarget",
		why: ({ direction }, name) =>
			`${name(currentTarget(direction))} is made equal to ${name(currentSource(direction))} again`,
	},
	Activate: {
		code: operationCodes.Activate,
		movesRoles: false,
		serves: mayStartCopy,
		legal: (standing, frame) =>
			frame.bothReachable &&
			sourceWhole(standing) &&
			(standing.phase === "requiresActivate" || settledAs(standing, "Inactive", "Prepared")),
		at: atCurrentSource,
		result: (standing, frame) => synchronized(standing, frame),
		hazard: (standing) => (targetAhead(standing) ? "dataLoss" : "none"),
		takes: "currentTarget",
		why: ({ direction }, name) => `${name(currentTarget(direction))} follows ${name(currentSource(direction))}`,
	},
	Failover: {
		code: operationCodes.Failover,
		movesRoles: true,
		serves: ({ direction }, { desired }) =>
			desired.state === "failedOver" ||
			(desired.state === "active" && direction === "reverse") ||
			(desired.state === "reversed" && direction === "forward"),
		// Never from Failedover or on the way there: some arrays undo a failover when they get a second one (CoprHD).
		legal: (standing, frame) => {
			if (!targetWhole(standing) || !frame.reachable[currentTarget(standing.direction)]) return false;
			if (!sourceReachable(standing, frame)) {
				return settledAs(standing, "Synchronized", "Suspended", "Broken", "Fractured", "Split", "Skewed");
			}
			if (!targetUsable(standing, frame)) return false;
			const { features: has } = frame;
			const fractured =
				has.has(features.plannedFailoverRequiresFractured) || has.has(features.failoverRequiresSubsequentFracture);
			const split = has.has(features.failoverRequiresSubsequentSplit);
			if (!fractured && !split) return settledAs(standing, "Synchronized");
			return (fractured && settledAs(standing, "Fractured")) || (split && settledAs(standing, "Split"));
		},
		at: atReachableEnd,
		result: (standing) => ({
			...standing,
			copyState: "Failedover",
			phase: "settled",
			ahead: { ...standing.ahead, [currentTarget(standing.direction)]: "yes" },
		}),
		hazard: (standing) => (sourceAhead(standing) ? "dataLoss" : "availability"),
		takes: "currentSource",
		why: ({ direction }, name) => `${name(currentTarget(direction))} starts serving`,
	},
	Failback: {
		code: operationCodes.Failback,
		movesRoles: true,
		serves: (standing, frame) => wishesRoles(standing, frame) && frame.failoverObserved,
		// Its copy runs from the target: a half one that others failed over to would leave no whole disk at all.
		legal: (standing, frame) => frame.bothReachable && targetWhole(standing) && settledAs(standing, "Failedover"),
		at: atCurrentSource,
		result: (standing, frame) => synchronized(standing, frame),
		// What was written to the old source alone, before or after the failover, is overwritten.
		hazard: (standing) => (sourceAhead(standing) ? "dataLoss" : "availability"),
		takes: "currentSource",
		why: ({ direction }, name) =>
			`${name(currentSource(direction))} serves again, with what was written to ${name(currentTarget(direction))}`,
	},
	ReverseRoles: {
		code: operationCodes.ReverseRoles,
		movesRoles: true,
		serves: wishesRoles,
		legal: (standing, frame) => {
			const { features: has } = frame;
			if (!frame.bothReachable || standing.phase !== "settled") return false;
			if (!targetWhole(standing) || !targetUsable(standing, frame)) return false;
			if (has.has(features.reverseRequiresReadOnlySource) && !frame.readOnly[currentSource(standing.direction)])
				return false;
			if (
				standing.copyState === "Failedover" &&
				(has.has(features.reverseKeepsCopyState) || has.has(features.failoverRequiresFailback))
			) {
				return false;
			}
			const named = reverseStates.filter(([feature]) => has.has(feature));
			if (named.length === 0) return settledAs(standing, "Synchronized", "Failedover");
			return named.some(([, state]) => state === standing.copyState);
		},
		at: atCurrentSource,
		result: (standing, frame) => {
			const reversed: Standing = {
				...standing,
				direction: otherDirection(standing.direction),
				copyState: standing.copyState === "Failedover" ? "Suspended" : standing.copyState,
			};
			if (frame.features.has(features.reverseRequiresResync)) return { ...reversed, phase: "requiresResyncReplica" };
			return standing.copyState === "Synchronized" ? synchronized(reversed, frame) : reversed;
		},
		hazard: (standing, frame) =>
			standing.copyState === "Synchronized" &&
			!frame.features.has(features.reverseRequiresResync) &&
			sourceAhead(standing)
				? "dataLoss"
				: "availability",
		takes: "currentSource",
		why: ({ direction }, name) =>
			`${name(currentTarget(direction))} becomes the source of ${name(currentSource(direction))}`,
	},
	ResetToSync: reset("ResetToSync", "Synchronous", "availability"),
	ResetToAsync: reset("ResetToAsync", "Asynchronous", "protectionLoss"),
	Detach: removal("Detach"),
	Dissolve: {
		...removal("Dissolve"),
		legal: (standing, frame) =>
			removal("Dissolve").legal(standing, frame) &&
			!(standing.copyState === "Failedover" && frame.features.has(features.failoverRequiresFailback)),
	},
} satisfies Record<PlannedOperation, OperationRule> as Record<PlannedOperation, OperationRule>;

export const plannedOperations = Object.keys(operationRules) as readonly PlannedOperation[];

export function isAdvertised(operation: Operation, frame: Frame): boolean {
	return frame.advertised === null || frame.advertised.has(operation);
}

/** The states ReverseRoles wants, by the feature that says so. The set is an OR (replication-background.md §5). */
const reverseStates: readonly (readonly [number, CopyState])[] = [
	[features.reverseFromSynchronized, "Synchronized"],
	[features.reverseFromFractured, "Fractured"],
	[features.reverseFromSplit, "Split"],
	[features.reverseFromFailedOver, "Failedover"],
	[features.reverseFromSuspended, "Suspended"],
];

/** Failover, Failback, ReverseRoles. */
export function movesRoles(name: string): boolean {
	return plannedOperations.some((planned) => planned === name && operationRules[planned].movesRoles);
}

const copying: readonly string[] = ["Resume", "ResyncReplica", "Activate", "RestoreFromReplica"];

/** A copy begins, or goes on. */
export function startsCopy(name: string): boolean {
	return copying.includes(name);
}
