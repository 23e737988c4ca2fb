import type { capabilities } from "./vocabulary";

/** Names of `GetSupportedOperations.SupportedOperations`: the 22 of the method, and Prepare and ResetToAdaptive of DMTF. */
export type SupportedOperation =
	keyof typeof capabilities.replicationCapabilitiesGetSupportedOperationsSupportedOperations;

/** What an array says it can do for one replication type. */
export interface Capabilities {
	/** `null`: the array does not say, so all are assumed and a warning is due. `[]`: it says that there are none. */
	readonly operations: readonly SupportedOperation[] | null;
	/** Numbers of `GetSupportedFeatures.Features`; numbers that nobody named are kept and mean nothing to the planner. */
	readonly features: readonly number[];
	/**
	 * Of a group: the lists above are the group's, in the numbers of `GetSupportedGroupFeatures`, and these are its members'.
	 * `null`, or left out: not known, and no member is steered by itself.
	 */
	readonly element?: Pick<Capabilities, "operations" | "features"> | null | undefined;
}
