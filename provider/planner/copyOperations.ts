import { type CopyState, currentSource, currentTarget, type End, type Operation } from "../model/relationship";
import { virtualDiskSetReplicationRelationshipOperation as operationCodes } from "../model/vocabulary/operations";
import { emptied, gone, holdsImage, mayReadSource, mayReplaceImage, restored, taken } from "./copyStanding";
import { features } from "./features";
import { isAdvertised, type NameEnd, type OperationRule } from "./operations";
import type { Hazard, Loss } from "./plan";
import type { CopyFacts, Frame, Standing } from "./standing";

/** The operations that a point-in-time copy knows. The rest move roles, modes or groups, and none of these has any here. */
type CopyOperation = Extract<
	Operation,
	| "Abort"
	| "Activate"
	| "Deactivate"
	| "Detach"
	| "Dissolve"
	| "Fracture"
	| "ResyncReplica"
	| "RestoreFromReplica"
	| "Resume"
	| "ReturnToResourcePool"
	| "Split"
	| "Suspend"
	| "Unprepare"
>;

const source = ({ direction }: Standing): End => currentSource(direction);
const target = ({ direction }: Standing): End => currentTarget(direction);
const settledAs = (standing: Standing, ...states: readonly CopyState[]): boolean =>
	standing.phase === "settled" && (states as readonly string[]).includes(standing.copyState);
const requires = ({ phase }: Standing): boolean => phase.startsWith("requires");
const sourceReachable = (standing: Standing, frame: Frame): boolean => frame.reachable[source(standing)];
/** Nothing is copied from half a disk, nor, where the array wants that, from one that takes writes. */
const sourceReadable = (standing: Standing, frame: Frame): boolean =>
	standing.whole[source(standing)] && mayReadSource(source(standing), frame);
const isWhole = (standing: Standing): boolean => standing.whole[target(standing)];
const targetAhead = (standing: Standing): boolean => standing.ahead[target(standing)] !== "no";
const isClone = ({ kind }: Frame): boolean => kind !== "Snapshot";
const facts = ({ copy }: Standing): CopyFacts =>
	copy ?? { done: { retake: true, restore: true }, ended: null, restoreOpen: false, halfRestored: false };

/** What T holds goes: nothing, where T was never whole. */
const dropsImage = (standing: Standing): Hazard => (isWhole(standing) ? "dataLoss" : "none");
const imageOrWrites = (standing: Standing): Loss["what"] | "writes" =>
	targetAhead(standing) ? "writes" : "pointInTime";

/** While a restore is asked or open nothing may replace the image that is meant, but for what the array requires. */
const mayReplace = (standing: Standing, required: Standing["phase"]): boolean =>
	standing.phase === required || mayReplaceImage(facts(standing));

const neitherEndIsAdvertised = (frame: Frame): boolean =>
	!isAdvertised("Detach", frame) && !isAdvertised("Dissolve", frame);

/** A restore of an array with feature 27 is over when the copy was let go of. */
const endsRestore = ({ phase }: Standing, { features: has }: Frame): boolean =>
	phase === "requiresDetach" && has.has(features.restoreRequiresDetach);

const removal = (by: "Detach" | "Dissolve", ofSnapshot: (standing: Standing) => Hazard) => ({
	code: operationCodes[by],
	movesRoles: false,
	serves: (standing: Standing, frame: Frame) => {
		const { state, by: wished } = frame.desired;
		if (state === "absent") return wished === undefined || wished === by;
		// Required, it is the only way on there is.
		if (by === "Detach" && standing.phase === "requiresDetach") return true;
		return state === "detached" && holdsImage(standing);
	},
	legal: (standing: Standing, frame: Frame) => {
		const { phase, copyState } = standing;
		if (copyState === "absent" || !sourceReachable(standing, frame)) return false;
		if (frame.features.has(features.targetMustRemainAssociated)) return false;
		if (facts(standing).restoreOpen && !(by === "Detach" && phase === "requiresDetach")) return false;
		return phase === "settled" || phase === "copying" || requires(standing);
	},
	at: source,
	result: (standing: Standing, frame: Frame): Standing =>
		gone(
			standing,
			by === "Detach" && endsRestore(standing, frame)
				? "restored"
				: isClone(frame) && holdsImage(standing)
					? "complete"
					: null,
		),
	hazard: (standing: Standing, frame: Frame): Hazard => {
		if (!isClone(frame)) return ofSnapshot(standing);
		return holdsImage(standing) ? "none" : "protectionLoss";
	},
	takes: "currentTarget" as const,
	what: imageOrWrites,
	why: (standing: Standing, name: NameEnd) =>
		`${name(target(standing))} is no longer a copy of ${name(source(standing))}`,
});

const separation = (operation: "Fracture" | "Split", copyState: CopyState) => ({
	code: operationCodes[operation],
	movesRoles: false,
	serves: () => true,
	legal: (standing: Standing, frame: Frame) => frame.bothReachable && standing.phase === `requires${operation}`,
	at: source,
	result: (standing: Standing): Standing => ({ ...standing, copyState, phase: "settled" }),
	hazard: (): Hazard => "none",
	takes: "currentTarget" as const,
	why: () => "the array requires it",
});

/** The table of copies-and-groups.md §1.5, one row an operation. */
export const copyOperationRules: Record<CopyOperation, OperationRule> = {
	Abort: {
		code: operationCodes.Abort,
		movesRoles: false,
		serves: (_, frame) =>
			frame.desired.state === "absent" && frame.desired.by !== "ReturnToResourcePool" && neitherEndIsAdvertised(frame),
		legal: (standing, frame) =>
			sourceReachable(standing, frame) && standing.phase === "copying" && !facts(standing).restoreOpen,
		at: source,
		// Where nothing else ends a clone, breaking its copy off does (3PAR).
		result: (standing, frame) =>
			isClone(frame) && neitherEndIsAdvertised(frame)
				? gone(emptied(standing, "Aborted"), null)
				: emptied(standing, "Aborted"),
		hazard: () => "none",
		takes: "currentTarget",
		why: (standing, name) => `the copy onto ${name(target(standing))} is broken off`,
	},
	Activate: {
		code: operationCodes.Activate,
		movesRoles: false,
		serves: (_, { desired: { state } }) => state !== "inactive" && state !== "absent" && state !== "suspended",
		legal: (standing, frame) =>
			frame.bothReachable &&
			(standing.phase === "requiresActivate" || settledAs(standing, "Inactive", "Prepared")) &&
			mayReplace(standing, "requiresActivate") &&
			sourceReadable(standing, frame),
		at: source,
		result: taken,
		hazard: (standing) => (isWhole(standing) && targetAhead(standing) ? "dataLoss" : "none"),
		takes: "currentTarget",
		why: (standing, name) => `${name(target(standing))} becomes a new image of ${name(source(standing))}`,
	},
	Deactivate: {
		code: operationCodes.Deactivate,
		movesRoles: false,
		serves: (standing, frame) =>
			!isClone(frame) &&
			(frame.desired.state === "inactive" || (frame.desired.state === "active" && !facts(standing).done.retake)),
		legal: (standing, frame) =>
			sourceReachable(standing, frame) &&
			(settledAs(standing, "Synchronized", "Fractured", "Split", "Skewed") || standing.phase === "copying") &&
			mayReplaceImage(facts(standing)),
		at: source,
		result: (standing) => emptied(standing, "Inactive"),
		hazard: dropsImage,
		takes: "currentTarget",
		what: imageOrWrites,
		why: (standing, name) => `${name(target(standing))} holds no point in time any more`,
	},
	Detach: removal("Detach", dropsImage),
	Dissolve: removal("Dissolve", () => "protectionLoss"),
	Fracture: separation("Fracture", "Fractured"),
	ResyncReplica: {
		code: operationCodes.ResyncReplica,
		movesRoles: false,
		serves: (standing, { desired: { state } }) =>
			state !== "absent" &&
			(standing.phase === "requiresResyncReplica" ||
				(state !== "inactive" && !facts(standing).done.retake) ||
				(state !== "suspended" && !isWhole(standing))),
		legal: (standing, frame) =>
			frame.bothReachable &&
			(standing.phase === "requiresResyncReplica" ||
				settledAs(standing, "Synchronized", "Fractured", "Split", "Skewed", "Aborted") ||
				(settledAs(standing, "Broken") && !frame.features.has(features.brokenRecoversAutomatically))) &&
			mayReplace(standing, "requiresResyncReplica") &&
			sourceReadable(standing, frame),
		at: source,
		// With feature 22 the point in time is taken by the Activate that it requires.
		result: (standing, frame) => {
			const resynced = taken(standing, frame);
			return frame.features.has(features.resyncRequiresActivate)
				? { ...resynced, phase: "requiresActivate", copy: standing.copy }
				: resynced;
		},
		hazard: dropsImage,
		takes: "currentTarget",
		what: imageOrWrites,
		why: (standing, name) => `${name(target(standing))} becomes a new image of ${name(source(standing))}`,
	},
	RestoreFromReplica: {
		code: operationCodes.RestoreFromReplica,
		movesRoles: false,
		serves: (standing) => !facts(standing).done.restore,
		legal: (standing, frame) =>
			frame.bothReachable &&
			standing.phase === "settled" &&
			holdsImage(standing) &&
			mayReadSource(target(standing), frame),
		at: source,
		result: restored,
		hazard: (standing) => (standing.ahead[source(standing)] === "no" ? "availability" : "dataLoss"),
		takes: "currentSource",
		// It was asked for by name, and with it the loss; no restore could ever run otherwise.
		takesKept: true,
		why: (standing, name) =>
			`${name(source(standing))} is made what ${name(target(standing))} is: dismount it first, it serves nobody meanwhile`,
	},
	Resume: {
		code: operationCodes.Resume,
		movesRoles: false,
		serves: (_, { desired: { state } }) => state !== "suspended" && state !== "inactive" && state !== "absent",
		legal: (standing, frame) =>
			frame.bothReachable &&
			standing.whole[source(standing)] &&
			((settledAs(standing, "Suspended") && !facts(standing).restoreOpen) || standing.phase === "requiresResume"),
		at: source,
		result: (standing) =>
			holdsImage(standing)
				? { ...standing, phase: "settled" }
				: { ...emptied(standing, "Unsynchronized"), phase: "copying" },
		hazard: () => "none",
		takes: "currentTarget",
		why: (standing, name) => `the copy onto ${name(target(standing))} goes on`,
	},
	ReturnToResourcePool: {
		code: operationCodes.ReturnToResourcePool,
		movesRoles: false,
		serves: (_, { desired: { state, by } }) => state === "absent" && by === "ReturnToResourcePool",
		legal: (standing, frame) =>
			!isClone(frame) &&
			frame.bothReachable &&
			(standing.phase === "settled" || requires(standing)) &&
			!frame.features.has(features.targetMustRemainAssociated) &&
			!facts(standing).restoreOpen &&
			!frame.neighbours.some(({ at }) => at === target(standing)),
		at: source,
		result: (standing) => gone(standing, null),
		hazard: () => "dataLoss",
		takes: "currentTarget",
		what: () => "disk",
		why: (standing, name) => `${name(target(standing))} is deleted; make sure that nobody has it mounted`,
	},
	Split: separation("Split", "Split"),
	Suspend: {
		code: operationCodes.Suspend,
		movesRoles: false,
		serves: (_, { desired }) => desired.state === "suspended",
		legal: (standing, frame) =>
			isClone(frame) &&
			sourceReachable(standing, frame) &&
			standing.phase === "copying" &&
			!facts(standing).restoreOpen,
		at: source,
		result: (standing) => emptied(standing, "Suspended"),
		hazard: () => "none",
		takes: "currentTarget",
		why: (standing, name) => `the copy onto ${name(target(standing))} stops where it is`,
	},
	Unprepare: {
		code: operationCodes.Unprepare,
		movesRoles: false,
		serves: () => false,
		legal: (standing, frame) =>
			sourceReachable(standing, frame) && settledAs(standing, "Prepared") && !facts(standing).restoreOpen,
		at: source,
		result: (standing) => emptied(standing, "Initialized"),
		hazard: () => "none",
		takes: "currentTarget",
		why: (standing, name) =>
			`${name(target(standing))} is no longer prepared; nothing in this API starts a copy from there`,
	},
};
