import type { Desired, Situation } from "../../../provider/planner/situation";
import { type Age, higher, type Copy as MirrorCopy, phaseOf as mirrorPhaseOf, type Name } from "../oracle/world";
import type { Readings } from "./readings";

/** The oracle's picture of one copy. Roles never move: S is the declared source, T the declared target. */
export interface World {
	readonly gone: boolean;
	/** Why it is gone, if that is a fulfilment. */
	readonly ended: "complete" | "restored" | null;
	readonly copy: Copy;
	readonly phase: Phase;
	readonly ofS: Age;
	readonly ofT: Age;
	/** §1.3 "`targetConsistent` … is "the point in time is whole"". */
	readonly whole: boolean | null;
	readonly sourceWhole: boolean | null;
	/** What was asked once and is not done yet. */
	readonly retakeDue: boolean;
	readonly restoreDue: boolean;
	readonly open: boolean;
	/** A disk lies where the target is to be made. */
	readonly targetExists: boolean;
}

export type Copy = MirrorCopy;

export type Phase =
	| "ambiguous"
	| "settled"
	| "copying"
	| "restoring"
	| "to Synchronized"
	| "to Fractured"
	| "to Split"
	| "to Suspended"
	| "to Failedover"
	| "requires Fracture"
	| "requires ResyncReplica"
	| "requires Activate"
	| "requires Split"
	| "requires Resume"
	| "requires Detach";

/** What stays as it is while a plan runs. */
export interface Facts {
	readonly kind: "Snapshot" | "Clone";
	/** §1.5 F18, and TokenizedClone "or not". */
	readonly detachesWhenComplete: boolean;
	readonly wish: Desired["state"];
	readonly by: Desired["by"] | null;
	readonly kept: Name;
	/** The restrictions of §1.6 hold for a world that is open; with `keep: source` they do not. */
	readonly openBinds: boolean;
	readonly reachable: Readonly<Record<Name, boolean>>;
	readonly readOnly: Readonly<Record<Name, boolean>>;
	readonly features: ReadonlySet<number>;
	readonly advertised: ReadonlySet<string> | null;
	readonly neighbourOnT: boolean;
	readonly readings: Readings;
}

export function factsOf({ observed, capabilities, desired }: Situation, readings: Readings): Facts {
	const tokenized =
		desired.kind === "TokenizedClone" || (!readings.tokenizedByWish && observed.syncType === "TokenizedClone");
	const kind = desired.kind === "Snapshot" ? "Snapshot" : "Clone";
	const features = new Set(capabilities.features);
	// §1.6 "The way out without a restore is `keep: source`"
	const openBinds = desired.keep !== "source";
	return {
		kind,
		detachesWhenComplete: kind === "Clone" && (features.has(18) || tokenized),
		wish: desired.state,
		by: desired.by ?? null,
		// §1.5 "The kept end is S by default", §1.6 "While open: kept end T"
		kept: desired.keep ?? (observed.restoreOpen ? "target" : "source"),
		openBinds,
		reachable: observed.reachable,
		readOnly: observed.readOnly,
		features,
		advertised: capabilities.operations ? new Set<string>(capabilities.operations) : null,
		neighbourOnT: (observed.neighbours ?? []).some(({ at }) => at === "target"),
		readings,
	};
}

/** To be asked only when every name is known. */
export function worldOf({ observed, desired }: Situation, facts: Facts): World {
	const done = observed.done ?? { retake: true, restore: true };
	// §1.4 "`absent` asks nothing"; `inactive`: "A retake is then counted as done"
	const asksNothing = facts.wish === "absent" || facts.wish === "operation";
	const rest = {
		retakeDue: !asksNothing && facts.wish !== "inactive" && (desired.retake ?? false) && !done.retake,
		restoreDue: !asksNothing && (desired.restore ?? false) && !done.restore,
		open: observed.restoreOpen ?? false,
		sourceWhole: observed.sourceConsistent,
	};
	if (observed.presence === "absent") {
		return {
			...rest,
			gone: true,
			ended: observed.ended ?? null,
			copy: "Initialized",
			phase: observed.job === null ? "settled" : "ambiguous",
			ofS: "no",
			ofT: "no",
			whole: null,
			targetExists: observed.targetExists,
		};
	}
	const copy = copyOf(observed.copyState);
	const phase = phaseOf(copy, observed.progressStatus as string, observed.job);
	const whole = wholeOf(copy, phase, observed.targetConsistent);
	const world: World = {
		...rest,
		gone: false,
		ended: null,
		copy,
		phase,
		// §1.3 "S: … `yes` unless S was read-only then and since", which only the journal knows
		ofS: facts.reachable.source ? (observed.ahead.source ?? "yes") : "yes",
		// §1.3 "T: … by the table `no` while T is not whole, else `yes`, but `no` where … the journal proved it so"
		ofT: observed.ahead.target ?? (whole === false ? "no" : "yes"),
		whole,
		// §4 (pair model, Synchronized proves): the source of a copy that is complete was not half
		sourceWhole: copy === "Synchronized" && phase !== "restoring" ? true : observed.sourceConsistent,
		targetExists: true,
	};
	return whileOpen(world, facts);
}

/** §1.6 "While open: … ahead `yes` at both" */
export function whileOpen(world: World, facts: Facts): World {
	const applies = world.open && !world.gone && (facts.openBinds || facts.readings.aheadWhileKeptSource);
	return applies ? { ...world, ofS: "yes", ofT: "yes" } : world;
}

/** §1.3 "18 otherwise counts as Synchronized, 16 and 17 as Broken for `absent` only" */
function copyOf(copyState: Situation["observed"]["copyState"]): Copy {
	if (typeof copyState === "string") {
		return copyState as Copy;
	}
	return copyState.unknown === 18 ? "Synchronized" : "Broken";
}

/** §1.3 "Phases, changed for copies only" */
export function phaseOf(copy: Copy, progress: string, job: string | null): Phase {
	if (job === null && progress === "Restoring") {
		return "restoring";
	}
	// "Initialized with a settled ProgressStatus is settled (associated, nothing started)"
	if (
		job === null &&
		copy === "Initialized" &&
		["Completed", "Dormant", "NotApplicable", "Unknown"].includes(progress)
	) {
		return "settled";
	}
	return mirrorPhaseOf(copy, progress, job);
}

/** §1.3 "true once Synchronized was proven; false after an interrupted first copy, in Inactive, Prepared, Initialized, and while a copy runs onto T" */
function wholeOf(copy: Copy, phase: Phase, journal: boolean | null): boolean | null {
	if (["Inactive", "Prepared", "Initialized", "Unsynchronized", "Aborted"].includes(copy)) {
		return false;
	}
	if (phase === "copying" || phase === "to Synchronized") {
		return false;
	}
	return copy === "Synchronized" ? true : journal;
}

/** §1.4 "W = Synchronized, Fractured, Split, Skewed, whole"; "Not known (null) counts as whole" */
export function isW({ gone, copy, whole }: World): boolean {
	return !gone && ["Synchronized", "Fractured", "Split", "Skewed"].includes(copy) && whole !== false;
}

/** §1.4 "All hold only when settled and everything asked is done" */
export function wishHolds(world: World, facts: Facts): boolean {
	if (world.phase !== "settled" || world.retakeDue || world.restoreDue) {
		return false;
	}
	switch (facts.wish) {
		case "active":
			return world.gone ? world.ended !== null : isW(world);
		case "inactive":
			return !world.gone && ["Inactive", "Prepared", "Initialized"].includes(world.copy);
		case "suspended":
			return world.gone
				? world.ended !== null
				: isW(world) || ["Suspended", "Inactive", "Prepared"].includes(world.copy);
		case "detached":
			return world.gone && world.ended !== null;
		case "absent":
			return world.gone;
		default:
			return false;
	}
}

export function isOneOf<Value>(value: Value, ...others: Value[]): boolean {
	return others.includes(value);
}

export function keyOf(world: World): string {
	return Object.values(world).join("|");
}

export { type Age, higher, type Name };

/** What is observed when a world has come about as predicted, with what the journal then says. */
export function observedIn(world: World, before: Situation): Situation["observed"] {
	const progressStatus = {
		settled: "Completed",
		copying: "Synchronizing",
		"requires Activate": "RequiresActivate",
		"requires Detach": "RequiresDetach",
		"requires Resume": "RequiresResume",
		"requires Fracture": "RequiresFracture",
	} as const;
	if (!(world.phase in progressStatus)) {
		throw new Error(`no step ends in phase ${world.phase}`);
	}
	const { observed, desired } = before;
	const done = observed.done ?? { retake: true, restore: true };
	return {
		...observed,
		presence: world.gone ? "absent" : "present",
		vanished: false,
		targetExists: world.targetExists,
		copyState: world.gone ? "NotApplicable" : world.copy,
		progressStatus: progressStatus[world.phase as keyof typeof progressStatus],
		syncType: observed.presence === "absent" ? (desired.kind ?? "Mirror") : observed.syncType,
		ahead: world.gone ? { source: null, target: null } : { source: world.ofS, target: world.ofT },
		targetConsistent: world.whole,
		sourceConsistent: world.sourceWhole,
		job: null,
		done: {
			retake: done.retake || !world.retakeDue,
			restore: done.restore || !world.restoreDue,
		},
		ended: world.ended,
		restoreOpen: world.open,
	};
}
