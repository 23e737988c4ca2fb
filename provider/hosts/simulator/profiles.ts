import type { SupportedOperation } from "../../model/capabilities";
import {
	replicationCapabilitiesGetSupportedFeaturesFeatures as features,
	replicationCapabilitiesGetSupportedGroupFeaturesFeatures as groupFeatures,
} from "../../model/vocabulary/capabilities";
import { type CopyBehaviour, type CopyKind, kindCopies, threeparCopies } from "./copyBehaviour";
import type { GroupBehaviour } from "./groupBehaviour";

/** How an array of a family behaves: what it says it can do, how it refuses, and where it is unkinder than the model. */
export interface Profile {
	readonly name: ProfileName;
	readonly family: string;
	/** `null`: advertises nothing at all, which is not the same as being able to do nothing. */
	readonly operations: readonly SupportedOperation[] | null;
	readonly features: readonly number[];
	/** The answer to an operation that is not legal now. Which of 1, 4 and 5 it is, no specification says. */
	readonly refusal: 1 | 4 | 5;
	/** Operations that answer 4096 and go on as a job. */
	readonly jobs: readonly SupportedOperation[];
	/** A second Failover undoes the first one (CoprHD issues a failback then). */
	readonly togglesFailover: boolean;
	/** A planned failover waits until the asynchronous tail has arrived. */
	readonly drains: boolean;
	/** How far an asynchronous target is behind, in simulated milliseconds. */
	readonly tailMs: number;
	/** For a change of state without copying, in simulated milliseconds. */
	readonly transitionMs: number;
	/** For a copy of whatever size, in simulated milliseconds. */
	readonly copyMs: number;
	/** How long after an answer of 0 the old state is still shown, in simulated milliseconds. */
	readonly lateMs: number;
	/** How long the relationship is not visible after its roles changed, in simulated milliseconds. */
	readonly relinkMs: number;
	/** Where a relationship settles whose Failback broke off: the second offers a Resume from half a disk. */
	readonly brokenFailback: "Failedover" | "Suspended";
	/** ProgressStatus numbers that this family reports where others say Completed. */
	readonly settledProgress: number;
	/** What it does with point-in-time copies. */
	readonly copies: Readonly<Record<CopyKind, CopyBehaviour>>;
	/** What it does with groups, where that is not what it does with pairs. */
	readonly groups?: Partial<GroupBehaviour>;
}

export type ProfileName = "generous" | "srdf" | "svc" | "threepar" | "cci";

const mirrorOperations: readonly SupportedOperation[] = [
	"Detach",
	"Dissolve",
	"Failover",
	"Failback",
	"Fracture",
	"ResyncReplica",
	"Resume",
	"ResetToSync",
	"ResetToAsync",
	"ReverseRoles",
	"Split",
	"Suspend",
	"Activate",
	"Abort",
];

const kind = {
	refusal: 5,
	jobs: [],
	togglesFailover: false,
	drains: true,
	tailMs: 5_000,
	transitionMs: 300,
	copyMs: 1_500,
	lateMs: 0,
	relinkMs: 0,
	brokenFailback: "Failedover",
	settledProgress: 2,
	copies: kindCopies,
} as const satisfies Partial<Profile>;

/** CoprHD suspends a group before it changes its pairs. */
const srdfGroups: Partial<GroupBehaviour> = {
	features: [
		groupFeatures.EmptyReplicationGroupsAllowed,
		groupFeatures.AddOrRemoveToGroupRequiresSuspendedState,
		groupFeatures.AddSyncPairRequiresSynchronizedMirrorPair,
	],
	jobs: ["Resume", "ResyncReplica", "Failback", "Failover"],
};

/** Facts behind the families: replication-background.md §4 and §5 of the design papers, from vendor manuals and clients. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
	generous: {
		...kind,
		name: "generous",
		family: "an array that does everything the API names, and kindly",
		operations: [...mirrorOperations, "Deactivate", "RestoreFromReplica", "Unprepare"],
		features: [],
	},
	// SRDF: roles swap only while failed over or suspended and copying waits for Resume; a repeated failover fails back.
	srdf: {
		...kind,
		name: "srdf",
		family: "EMC SRDF over SMI-S",
		operations: mirrorOperations.filter((name) => name !== "Abort" && name !== "Activate"),
		features: [
			features.ReverseRolesOperationRequiresFailedOverState,
			features.ReverseRolesOperationRequiresSuspendedState,
		],
		refusal: 4,
		togglesFailover: true,
		jobs: ["Resume", "ResyncReplica", "Failback", "Failover"],
		relinkMs: 800,
		brokenFailback: "Suspended",
		groups: srdfGroups,
	},
	// SVC: a switch whenever consistent and synchronized; recovers from a broken link by itself.
	svc: {
		...kind,
		name: "svc",
		family: "IBM SVC, Metro and Global Mirror",
		operations: mirrorOperations.filter((name) => name !== "Split" && name !== "Dissolve"),
		features: [features.ReverseRolesOperationRequiresSynchronizedState, features.ErrorRecoveryFromBrokenStateAutomatic],
		refusal: 5,
		drains: false,
		lateMs: 700,
	},
	// 3PAR: advertises no operations for remote mirrors, reports progress 15 for settled states, jobs for every copy.
	threepar: {
		...kind,
		name: "threepar",
		family: "HP 3PAR CIM API, remote copy",
		operations: null,
		features: [features.TargetElementShallNotBeSupplied],
		refusal: 1,
		jobs: ["ResyncReplica", "Resume", "Failback"],
		settledProgress: 15,
		copies: threeparCopies,
	},
	// CCI: planned takeover splits first, a swap needs a resync afterwards and a read-only source.
	cci: {
		...kind,
		name: "cci",
		family: "Hitachi and HP XP, driven by CCI",
		operations: mirrorOperations.filter((name) => name !== "Suspend" && name !== "Resume"),
		features: [
			features.ReverseRolesOperationRequiresReadOnlySource,
			features.ReverseRolesOperationRequiresSubsequentResync,
			features.ResyncOperationRequiresSubsequentActivate,
			features.PlannedFailoverOperationRequiresFracturedState,
		],
		refusal: 4,
		jobs: ["ResyncReplica"],
	},
};
