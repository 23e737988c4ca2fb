import * as z from "zod";
import type { SupportedOperation } from "../../model/capabilities";
import {
	replicationCapabilitiesGetSupportedFeaturesFeatures as elementFeatures,
	replicationCapabilitiesGetSupportedGroupFeaturesFeatures as groupFeatures,
} from "../../model/vocabulary/capabilities";
import { operation } from "./copyBehaviour";

/**
 * What an array does with replication groups.
 * - `operations`: what it advertises for them; an operation that is not among them is answered by 1.
 * - `features`: those that only groups have, in their numbers. What a step of a member may do, its profile says.
 * - `jobs`: operations that answer 4096 and go on as one job of all members.
 * - `steersElements`: false: a member of a group that is in a relationship is not steered alone.
 * - `keepsRemovedPairs`: false: RemoveSyncPair ends the relationship of the pair, too.
 * - `reportsConsistency`: false: ConsistencyState is not told.
 * - `failsBackAll`: true: Failback copies a target back over the source of a member that is not failed over, too.
 */
export const groupBehaviourSchema = z.strictObject({
	operations: z.array(operation).nullable(),
	features: z.array(z.int()),
	jobs: z.array(operation),
	steersElements: z.boolean(),
	keepsRemovedPairs: z.boolean(),
	reportsConsistency: z.boolean(),
	failsBackAll: z.boolean(),
});

export type GroupBehaviour = z.infer<typeof groupBehaviourSchema>;

const ofGroups: readonly SupportedOperation[] = [
	"ActivateConsistency",
	"AddSyncPair",
	"DeactivateConsistency",
	"RemoveSyncPair",
];

/** An array that does with a group what it does with a pair, and kindly. */
export function kindGroups(operations: readonly SupportedOperation[] | null): GroupBehaviour {
	return {
		operations: operations === null ? null : [...operations, ...ofGroups],
		features: [groupFeatures.EmptyReplicationGroupsAllowed],
		jobs: [],
		steersElements: true,
		keepsRemovedPairs: true,
		reportsConsistency: true,
		failsBackAll: false,
	};
}

const elementNames = new Map(Object.entries(elementFeatures).map(([name, number]): [number, string] => [number, name]));
const groupNumbersByName = new Map(Object.entries(groupFeatures));

/** The features of a profile as `GetSupportedGroupFeatures` numbers them. Some have no number there, most have another one. */
export function groupNumbers(features: readonly number[]): number[] {
	return features.flatMap((feature) => groupNumbersByName.get(elementNames.get(feature) ?? "") ?? []);
}
