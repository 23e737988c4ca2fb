import type * as z from "zod";
import type { Capabilities, SupportedOperation } from "../../model/capabilities";
import { returnCode } from "../../model/returnCodes";
import { capabilities } from "../../model/vocabulary";
import type { capabilitiesAnswer } from "./answers";
import { type CallPlace, withUnansweredCapabilities } from "./callErrors";

const operationNames = new Map<number, SupportedOperation>(
	Object.entries(capabilities.replicationCapabilitiesGetSupportedOperationsSupportedOperations).map(
		([name, number]) => [number, name as SupportedOperation],
	),
);

/**
 * Numbers to names. Operations that nobody named are dropped: the planner has no row for them. No instance, or Not
 * Supported (1), means that the array does not say (`null`), which is not the same as an empty list. Any other code is
 * no answer and throws: features are mostly prohibitions, and "none" would plan what the array forbids.
 */
export function capabilitiesOf(
	answer: z.infer<typeof capabilitiesAnswer>,
	replicationType: number,
	place: CallPlace,
): Capabilities {
	const silent: Capabilities = { operations: null, features: [] };
	if (!answer.found) return silent;
	// Asked for a kind of mirror that it does not list, an array can only say Invalid Parameter.
	if (answer.types !== null && !answer.types.includes(replicationType)) return silent;
	const numbersOf = ({ returnCode: code, numbers, message }: (typeof answer)["operations"]) => {
		if (code !== 0 && code !== 1) throw withUnansweredCapabilities(place, returnCode(code), message);
		return numbers;
	};
	const operations = numbersOf(answer.operations)?.flatMap((number) => operationNames.get(number) ?? []) ?? null;
	return { operations, features: numbersOf(answer.features) ?? [] };
}
