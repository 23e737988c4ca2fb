import { defaultReadings, type Readings } from "../oracle/world";

/**
 * Sentences about groups that can be read in two ways, with the reading taken and the other one, as in the pair's table.
 * A comparison that fails tries the other one, and so tells a disagreement about the text from a mistake.
 */
export interface GroupReadings extends Readings {
	/**
	 * §2.2 "One unread member of a reachable host: refused, named" after (4) and torn roles. True: what stands of such a
	 * member was not observed, so neither its state nor its direction is judged before. False: they are.
	 */
	readonly unreadHasNoStates: boolean;
	/**
	 * §2.2 "a group that says Failedover … is Failedover for the rule 'never resend'", for how long. True: until a step of
	 * the plan takes a member out of Failedover and none is left there. False: until a Failback or ReverseRoles. Law 2
	 * wants the first: a pair that is Failedover and FailingBack is waited for, and may be failed over then.
	 */
	readonly wordEndsWithTheState: boolean;
	/**
	 * §2.4 "already there … Failback on Synchronized … with the hazard it has from Failedover", "without effect on that
	 * member". True: its `ahead` stays too. False: it has the tail, as a literal array would leave it.
	 */
	readonly alreadyThereChangesNothing: boolean;
	/**
	 * §2.4 "Resume, ResyncReplica on Synchronized or copying". False: copying is the phase of that name. True: also a
	 * transit to Synchronized from another state.
	 */
	readonly transitCountsAsCopying: boolean;
	/**
	 * §2.4 "With `consistency: true`, Split, Fracture and a planned Failover are legal only while it is not false". True:
	 * whatever the wish, and 3 may come first there. False: only for `active` and `reversed`, to which consistency belongs.
	 */
	readonly consistencyGuardsEveryWish: boolean;
	/**
	 * §5 (13) "A planned change of members … never a role move". True: a plan has one or the other. False: roles may move
	 * for the wish, before or after the change.
	 */
	readonly changeOrRoleMove: boolean;
	/**
	 * §2.4 AddSyncPair "same direction and mode". True: a mode that is not known fits any, as it counts as met for a wish.
	 * False: it fits only itself.
	 */
	readonly unknownModeFits: boolean;
	/** §2.4 DeactivateConsistency "settled". True: in any state. False: Synchronized only. */
	readonly deactivateInAnyState: boolean;
}

export const defaultGroupReadings: GroupReadings = {
	...defaultReadings,
	unreadHasNoStates: true,
	wordEndsWithTheState: true,
	alreadyThereChangesNothing: true,
	transitCountsAsCopying: false,
	consistencyGuardsEveryWish: true,
	changeOrRoleMove: true,
	unknownModeFits: true,
	deactivateInAnyState: true,
};
