import type { Capabilities, SupportedOperation } from "../model/capabilities";
import { replicationCapabilitiesGetSupportedOperationsSupportedOperations as operations } from "../model/vocabulary/capabilities";
import { features } from "./features";

const reversesFrom: readonly number[] = [
	features.reverseFromSynchronized,
	features.reverseFromFractured,
	features.reverseFromSplit,
	features.reverseFromFailedOver,
	features.reverseFromSuspended,
];
/** Where none of the five is reported (replication-model.md §3). */
const reversesFromUnlessSaid: readonly number[] = [features.reverseFromSynchronized, features.reverseFromFailedOver];

/**
 * What every one of these arrays allows: for a disk that several list as theirs, of which one may forbid what another
 * does not mention. One array is returned as it is.
 */
export function commonCapabilities(arrays: readonly [Capabilities, ...Capabilities[]]): Capabilities {
	const [first, ...others] = arrays;
	if (others.length === 0) return first;
	const fiveOf = (array: Capabilities) => array.features.filter((number) => reversesFrom.includes(number));
	const reported = arrays.some((array) => fiveOf(array).length > 0);
	const allowed = reversesFrom.filter((number) =>
		arrays.every((array) => {
			const own = fiveOf(array);
			return (own.length === 0 ? reversesFromUnlessSaid : own).includes(number);
		}),
	);
	const forbidding = arrays.flatMap((array) => array.features.filter((number) => !reversesFrom.includes(number)));
	const said = arrays.flatMap((array) => (array.operations === null ? [] : [array.operations]));
	const all = Object.keys(operations) as SupportedOperation[];
	const common = all.filter((name) => said.every((advertised) => advertised.includes(name)));
	const neverReverses = reported && allowed.length === 0;
	return {
		operations: neverReverses ? common.filter((name) => name !== "ReverseRoles") : said.length === 0 ? null : common,
		features: [...new Set([...forbidding, ...(reported ? allowed : [])])],
	};
}
