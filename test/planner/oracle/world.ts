import type { Situation } from "../../../provider/planner/situation";

/**
 * The oracle's own picture of one relationship. Strings and two letters, on purpose unlike the product's: what both
 * compute the same way, they should not also represent the same way.
 */
export interface World {
	/** There is no relationship (any more). */
	readonly gone: boolean;
	readonly copy: Copy;
	readonly phase: Phase;
	readonly direction: "forward" | "reverse";
	readonly mode: "Synchronous" | "Asynchronous" | "Unknown";
	/** Per declared end: a direction that flips leaves them where they are. */
	readonly ahead: PerName<Age>;
	/** Of the roles: T and S. False: that disk is half of one moment and half of another. */
	readonly targetConsistent: boolean | null;
	readonly sourceConsistent: boolean | null;
}

/** What stays as it is while a plan runs. */
export interface Facts {
	readonly wish: Exclude<Situation["desired"]["state"], "inactive" | "detached" | "operation">;
	readonly wishedMode: "Synchronous" | "Asynchronous" | null;
	readonly wishedRemoval: "Detach" | "Dissolve" | null;
	readonly to: Name;
	readonly keptEnd: Name | null;
	readonly reachable: PerName<boolean>;
	readonly readOnly: PerName<boolean>;
	readonly usable: PerName<boolean>;
	readonly features: ReadonlySet<number>;
	/** Null: the array does not say. */
	readonly advertised: ReadonlySet<string> | null;
	readonly targetExists: boolean;
	readonly failedoverWasObserved: boolean;
	/** What the journal says of the observed S; null: nothing. */
	readonly journalOfS: Age | null;
	/** A job was seen: §4 "Then an ambiguous phase or a job". */
	readonly job: boolean;
	readonly readings: Readings;
}

/**
 * Sentences of the model that can be read in two ways. The defaults are those of a careful storage engineer as far as
 * the text allows; the other value is there so that a report can tell a disagreement about the text from a mistake.
 */
export interface Readings {
	/**
	 * §3 "reaching, or being, Synchronized proves the target", §2 "only Synchronized makes it true". False: the CopyState
	 * alone does, whatever is in progress or required: a separation from Synchronized that is under way separates two
	 * complete disks. True: only a settled Synchronized does, as wishes too hold "only when settled" (§4).
	 */
	readonly onlySettledSynchronizedProves: boolean;
	/**
	 * §4 (3) and (4) of an absent relationship. True: copyState, progressStatus, syncType and mode were not observed of
	 * it, so they are fillers and ignored; only the job counts. False: they are judged like those of a present one.
	 */
	readonly absentHasNoStates: boolean;
	/**
	 * §1 "S, T here by the observed direction" of an absent relationship, which has none to observe. True: what
	 * `direction` says counts all the same, so that `reverse` keeps the target, the cautious side: create may not then
	 * overwrite it. False: it is a filler, and S is the declared source. Only a pasted situation can tell: what observes
	 * arrays always says forward.
	 */
	readonly absentKeepsByDirection: boolean;
	/**
	 * §3 ResetToSync, ResetToAsync "Synchronized: new tail". True: as in the row of ReverseRoles, where the same words
	 * mean S the tail and T `no`. False: S gets the tail, and T keeps what the journal said of it, since nothing is
	 * copied. They differ only where the journal says that the T of a Synchronized relationship is ahead (§2: it should
	 * not, as Synchronized proves that it is not).
	 */
	readonly newTailClearsT: boolean;
	/** §3 "`[]` = none: refuse". True: only operations are out of reach. False: create is too. */
	readonly createNeedsNoAdvertising: boolean;
	/**
	 * §3 "Nothing copies from half a disk: Resume, ResyncReplica and Activate are never legal". False: these three. True:
	 * nothing at all, so that no create starts from a source that was being overwritten when the relationship went.
	 */
	readonly noCreateFromHalf: boolean;
	/**
	 * §3 "half a disk must neither serve nor be copied over the whole one" with "Failover and ReverseRoles". False: these
	 * two, by the letter. True: Failback too, which copies a target that is half over the source, so that no whole disk is
	 * left. Only a relationship that others failed over can stand so.
	 */
	readonly noFailbackFromHalf: boolean;
}

export const defaultReadings: Readings = {
	onlySettledSynchronizedProves: false,
	absentHasNoStates: true,
	absentKeepsByDirection: true,
	newTailClearsT: true,
	createNeedsNoAdvertising: true,
	noCreateFromHalf: false,
	noFailbackFromHalf: true,
};

export type Name = "source" | "target";
export type PerName<T> = Readonly<Record<Name, T>>;
export type Age = "no" | "recent" | "yes";

export type Copy =
	| "Initialized"
	| "Unsynchronized"
	| "Synchronized"
	| "Broken"
	| "Fractured"
	| "Split"
	| "Inactive"
	| "Suspended"
	| "Failedover"
	| "Prepared"
	| "Aborted"
	| "Skewed";

export type Phase =
	| "ambiguous"
	| "requires Fracture"
	| "requires ResyncReplica"
	| "requires Activate"
	| "requires Split"
	| "requires Resume"
	| "requires Detach"
	| "to Fractured"
	| "to Split"
	| "to Suspended"
	| "to Failedover"
	| "to Synchronized"
	| "copying"
	| "settled";

/** The end that data flows from now, S in the model. */
export function S(direction: World["direction"]): Name {
	return direction === "forward" ? "source" : "target";
}

/** The end that data flows to now, T in the model. */
export function T(direction: World["direction"]): Name {
	return direction === "forward" ? "target" : "source";
}

export function higher(a: Age, b: Age): Age {
	const ages: Age[] = ["no", "recent", "yes"];
	return ages.indexOf(a) > ages.indexOf(b) ? a : b;
}

/** `ahead` with one value per role instead of per declared end. */
export function aheadOf(direction: World["direction"], ofS: Age, ofT: Age): PerName<Age> {
	return direction === "forward" ? { source: ofS, target: ofT } : { source: ofT, target: ofS };
}

/** §2 "the tail": what S may hold that T lacks although the relationship is Synchronized. */
export function tail(facts: Facts, direction: World["direction"], mode: World["mode"]): Age {
	const s = S(direction);
	if (!facts.reachable[s]) {
		return "yes";
	}
	return mode !== "Synchronous" && !facts.readOnly[s] ? "recent" : "no";
}

/** §2 "Who is ahead, by CopyState": the column T. */
export function tableT(copy: Copy, facts: Facts, direction: World["direction"]): Age {
	switch (copy) {
		case "Synchronized":
		case "Initialized":
		case "Unsynchronized":
		case "Prepared":
		case "Aborted":
			return "no";
		case "Suspended":
		case "Broken":
		case "Inactive":
			return facts.readOnly[T(direction)] ? "no" : "yes";
		case "Fractured":
		case "Split":
		case "Skewed":
		case "Failedover":
			return "yes";
		default:
			throw copy satisfies never;
	}
}

/** §2 "Who is ahead, by CopyState": the column S. */
export function tableS(copy: Copy, facts: Facts, direction: World["direction"], mode: World["mode"]): Age {
	return copy === "Synchronized" ? tail(facts, direction, mode) : "yes";
}

/** §2 "Reaching Synchronized, by whatever step, gives S the tail and T `no`, and makes the target consistent". */
export function reachSynchronized(world: World, facts: Facts): World {
	return {
		...world,
		gone: false,
		copy: "Synchronized",
		phase: "settled",
		ahead: aheadOf(world.direction, tail(facts, world.direction, world.mode), "no"),
		targetConsistent: true,
		sourceConsistent: true,
	};
}

const ambiguous = ["Pending", "Detaching", "Aborting", "Mixed", "Terminating"];

/** §2 Phase, first row that fits. */
export function phaseOf(copy: string, progress: string, job: string | null): Phase {
	const is = (...names: string[]) => names.includes(progress);
	if (job !== null || is(...ambiguous)) {
		return "ambiguous";
	}
	if (copy === "Failedover" && is("Fracturing", "Splitting", "Suspending")) {
		return "ambiguous";
	}
	if (is("RequiresFracture")) {
		return "requires Fracture";
	}
	if (is("RequiresResync")) {
		return "requires ResyncReplica";
	}
	if (is("RequiresActivate")) {
		return "requires Activate";
	}
	if (is("RequiresSplit")) {
		return "requires Split";
	}
	if (is("RequiresResume")) {
		return "requires Resume";
	}
	if (is("RequiresDetach")) {
		return "requires Detach";
	}
	if (is("Fracturing")) {
		return "to Fractured";
	}
	if (is("Splitting")) {
		return "to Split";
	}
	if (is("Suspending")) {
		return "to Suspended";
	}
	if (is("FailingOver")) {
		return "to Failedover";
	}
	if (is("FailingBack", "Restoring")) {
		return "to Synchronized";
	}
	if (copy === "Unsynchronized" || copy === "Initialized") {
		return "copying";
	}
	if (is("Initializing", "Preparing", "Synchronizing", "Resyncing")) {
		return "to Synchronized";
	}
	return "settled";
}

/** Two worlds with the same key have the same future. */
export function keyOf(world: World): string {
	const { gone, copy, phase, direction, mode, ahead, targetConsistent, sourceConsistent } = world;
	return [gone, copy, phase, direction, mode, ahead.source, ahead.target, targetConsistent, sourceConsistent].join("|");
}

/** §1 "Kept end: `desired.keep` if given, else the serving end if reachable, else none", by the observed direction. */
function keptEndOf(situation: Situation, readings: Readings): Name | null {
	const { observed, desired } = situation;
	const direction = readings.absentKeepsByDirection ? observed.direction : directionOf(situation);
	if (desired.keep) {
		return desired.keep;
	}
	const failedover =
		observed.presence === "present" &&
		(observed.copyState === "Failedover" || observed.progressStatus === "FailingOver");
	const serving = failedover ? T(direction) : S(direction);
	return observed.reachable[serving] ? serving : null;
}

export function factsOf(situation: Situation, readings: Readings): Facts {
	const { observed, capabilities, desired } = situation;
	const direction = directionOf(situation);
	return {
		// This reading is of mirrors of two disks, and asked of nothing else.
		wish: desired.state as Facts["wish"],
		wishedMode: desired.syncMode ?? null,
		wishedRemoval: (desired.by as Facts["wishedRemoval"] | undefined) ?? null,
		to: desired.to ?? "target",
		keptEnd: keptEndOf(situation, readings),
		reachable: observed.reachable,
		readOnly: observed.readOnly,
		usable: observed.usable,
		features: new Set(capabilities.features),
		advertised: capabilities.operations ? new Set<string>(capabilities.operations) : null,
		targetExists: observed.presence === "absent" && observed.targetExists,
		failedoverWasObserved:
			observed.presence === "present" &&
			(observed.copyState === "Failedover" || observed.progressStatus === "FailingOver"),
		journalOfS: observed.ahead[S(direction)],
		job: observed.job !== null,
		readings,
	};
}

/** "create … forward": an absent relationship stands in no other direction. */
function directionOf({ observed }: Situation): World["direction"] {
	return observed.presence === "absent" ? "forward" : observed.direction;
}

/** The world that was observed. To be asked only after the refusals of §4: every name is then one that we know. */
export function worldOf(situation: Situation, facts: Facts): World {
	const { observed } = situation;
	const direction = directionOf(situation);
	if (observed.presence === "absent") {
		return {
			gone: true,
			copy: "Initialized",
			phase: observed.job === null ? "settled" : "ambiguous",
			direction,
			mode: "Unknown",
			ahead: { source: "no", target: "no" },
			targetConsistent: null,
			sourceConsistent: observed.sourceConsistent,
		};
	}
	// 16 Partitioned counts as Broken; any other number was refused.
	const copy = typeof observed.copyState === "string" ? (observed.copyState as Copy) : "Broken";
	const phase = phaseOf(copy, observed.progressStatus as string, observed.job);
	const s = S(direction);
	const t = T(direction);
	const mode = observed.syncMode;
	const ofS = facts.reachable[s] ? (observed.ahead[s] ?? tableS(copy, facts, direction, mode)) : "yes";
	const ofT = observed.ahead[t] ?? tableT(copy, facts, direction);
	const proved = copy === "Synchronized" && (phase === "settled" || !facts.readings.onlySettledSynchronizedProves);
	return {
		gone: false,
		copy,
		phase,
		direction,
		mode,
		ahead: aheadOf(direction, ofS, ofT),
		targetConsistent: proved || (saysHalf(copy) ? false : observed.targetConsistent),
		sourceConsistent: proved || observed.sourceConsistent,
	};
}

/** §4 "a job … set aside": what would be seen without it. */
export function withoutJob(situation: Situation): Situation {
	return { ...situation, observed: { ...situation.observed, job: null } };
}

/** §4 (5) "a job and an ambiguous ProgressStatus set aside". */
export function withoutAmbiguity(situation: Situation): Situation {
	const alone = withoutJob(situation);
	const { presence, copyState, progressStatus } = alone.observed;
	const isAmbiguous =
		presence === "present" && phaseOf(copyState as string, progressStatus as string, null) === "ambiguous";
	return isAmbiguous ? { ...alone, observed: { ...alone.observed, progressStatus: "Completed" } } : alone;
}

/** §2 "Initialized, Unsynchronized and Aborted say false by themselves" */
function saysHalf(copy: Copy): boolean {
	return ["Initialized", "Unsynchronized", "Aborted"].includes(copy);
}

/** What is observed when a world has come about as predicted, with what the journal then says. */
export function observedIn(world: World, before: Situation): Situation["observed"] {
	const { observed } = before;
	const progressStatus = {
		"requires ResyncReplica": "RequiresResync",
		"requires Activate": "RequiresActivate",
		copying: "Synchronizing",
		settled: "Completed",
	} as const;
	if (!(world.phase in progressStatus)) {
		throw new Error(`no step ends in phase ${world.phase}`);
	}
	return {
		presence: world.gone ? "absent" : "present",
		vanished: false,
		targetExists: world.gone,
		copyState: world.gone ? "NotApplicable" : world.copy,
		progressStatus: progressStatus[world.phase as keyof typeof progressStatus],
		direction: world.direction,
		syncMode: world.mode,
		// What is created is a Mirror, whatever stood there for a relationship that was not.
		syncType: observed.presence === "absent" ? "Mirror" : observed.syncType,
		reachable: observed.reachable,
		readOnly: observed.readOnly,
		ahead: world.gone ? { source: null, target: null } : world.ahead,
		targetConsistent: world.targetConsistent,
		sourceConsistent: world.sourceConsistent,
		usable: observed.usable,
		job: null,
	};
}
