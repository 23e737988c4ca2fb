import type { CapabilitiesRequest } from "../../executor/host";
import type { Capabilities } from "../../model/capabilities";
import { kindOfReplicationType } from "./copyBehaviour";
import { groupNumbers } from "./groupBehaviour";
import { profiles } from "./profiles";
import { behaviourOf, groupBehaviourOf, type SimulatedArray } from "./world";

/** What an array advertises for a replication type: of its groups in the numbers of groups. */
export function capabilitiesOf(
	array: SimulatedArray,
	replicationType: number,
	of: NonNullable<CapabilitiesRequest["of"]>,
): Capabilities {
	const kind = kindOfReplicationType(replicationType);
	if (of === "group") {
		const { operations, features } = groupBehaviourOf(array);
		// Groups of copies are not made here.
		if (kind !== null) return { operations: [], features: [] };
		return { operations, features: [...groupNumbers(profiles[array.profile].features), ...features] };
	}
	const { operations, features } = kind === null ? profiles[array.profile] : behaviourOf(array, kind);
	return { operations, features };
}
