/**
 * Sentences of the text on copies and on operations on request that can be read in two ways. The defaults are those of a
 * careful storage engineer as far as the text allows; the other value is there so that a report can tell a disagreement
 * about the text from a mistake.
 */
export interface Readings {
	/**
	 * §1.5 "a step that finds T not whole loses nothing of it: hazard none" where the journal says that T is ahead. True: by
	 * the letter. False: writes that the journal knows of are writes, whatever they stand on.
	 */
	readonly halfHasNoWrites: boolean;
	/**
	 * §1.5 "It may never take `yes` writes of the kept end" (pair model) where the kept end is T and its image or the disk
	 * goes. False: what is kept is kept with its image. True: an image is no writes.
	 */
	readonly keptImageMayGo: boolean;
	/**
	 * Pair model §3 "Suspend at once, without waiting for the copy (from "copying" the answer is the same)", against §1.4
	 * "`suspended`: … or what `active` accepts", by which waiting is cheaper, since waits cost nothing. True: at once.
	 */
	readonly suspendsAtOnce: boolean;
	/** §1.5 ResyncReplica "Unasked only where required or T is not whole", for the wish `inactive`. True: by the letter. */
	readonly inactiveMayResync: boolean;
	/** The same for `suspended`, of which the pair model says that it never starts a copy unless that is required. */
	readonly suspendedMayResync: boolean;
	/** §1.5 Activate, Resume "not `inactive`, `absent`, `suspended`", where they are required. True: even then they may not. */
	readonly notEvenWhenRequired: boolean;
	/** §1.5 Detach "`absent`; Cl also `detached`", where it is required (F27). True: any wish may use it then. */
	readonly requiredDetachForAnyWish: boolean;
	/** §1.3 "`restored` (F27)". True: a required Detach ends `restored` only if F27 is reported. False: always. */
	readonly restoredOnlyByF27: boolean;
	/** §1.3 Sn Detach "dataLoss T `pointInTime` at least" of a T that is not whole. True: dataLoss. False: nothing goes. */
	readonly detachAlwaysTakesImage: boolean;
	/** §1.5 "F18: a Clone that reaches Synchronized is `absent`", where a restore leads there. True: then too. */
	readonly restoredCloneDetaches: boolean;
	/** Pair model §2 "Reaching Synchronized … gives S the tail", where a wait does. False: S keeps what it had, its point in time is old. */
	readonly waitRenewsS: boolean;
	/** §1.6 "ahead `yes` at both" while open, with `keep: source`. True: still. False: "the source is good" says it is not open. */
	readonly aheadWhileKeptSource: boolean;
	/** §1.6 "legal: … what is *required*" against 8 among the illegal ones "whatever the consent". True: a required Detach is legal. */
	readonly requiredDetachWhileOpen: boolean;
	/** §1.5 Abort "`absent` where neither 8 nor 9 is advertised", with `by`. True: whatever `by` says. False: only without. */
	readonly abortWhateverBy: boolean;
	/** §1.5 wait, of transits elsewhere than to Synchronized. True: both ends, as all rows that say nothing. False: any, as the pair model. */
	readonly waitNeedsBoth: boolean;
	/** §1.7 "mirror not Split or Fractured". True: it must be settled there. False: the CopyState alone counts. */
	readonly splitMustBeSettled: boolean;
	/** §1.7 "a copy onto T". True: Resume of a copy is one. */
	readonly resumeIsACopy: boolean;
	/** §1.7 "anything that makes a disk a target". True: a restore makes S one. */
	readonly restoreMakesTarget: boolean;
	/** §1.5 "TokenizedClone". True: what is wished counts. False: what is observed counts as well. */
	readonly tokenizedByWish: boolean;
	/** §3 "*Already there* (§2.4, for pairs too)". True: for copies as well. */
	readonly copiesAreAlreadyThere: boolean;
	/** Pair model §3 Abort, Deactivate, Unprepare of a Mirror, which say nothing of who is reachable. True: S alone, as in §1.5. */
	readonly mirrorRequestsNeedOnlyS: boolean;
}

export const defaultReadings: Readings = {
	halfHasNoWrites: true,
	keptImageMayGo: false,
	suspendsAtOnce: true,
	inactiveMayResync: true,
	suspendedMayResync: false,
	notEvenWhenRequired: true,
	requiredDetachForAnyWish: true,
	restoredOnlyByF27: true,
	detachAlwaysTakesImage: false,
	restoredCloneDetaches: false,
	waitRenewsS: false,
	aheadWhileKeptSource: true,
	requiredDetachWhileOpen: true,
	abortWhateverBy: true,
	waitNeedsBoth: true,
	splitMustBeSettled: true,
	resumeIsACopy: true,
	restoreMakesTarget: true,
	tokenizedByWish: true,
	copiesAreAlreadyThere: true,
	mirrorRequestsNeedOnlyS: true,
};
