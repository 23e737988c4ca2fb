import type { z } from "zod";
import type { Capabilities, SupportedOperation } from "../../model/capabilities";
import { capabilities } from "../../model/vocabulary";
import type { capabilitiesAnswer } from "./answers";

const operationNames = new Map<number, SupportedOperation>(
	Object.entries(capabilities.replicationCapabilitiesGetSupportedOperationsSupportedOperations).map(
		([name, number]) => [number, name as SupportedOperation],
	),
);

/**
 * Numbers to names. Operations that nobody named are dropped: the planner has no row for them. No instance, or an
 * answer that is not success, means that the array does not say (`null`), which is not the same as an empty list.
 */
export function capabilitiesOf(answer: z.infer<typeof capabilitiesAnswer>): Capabilities {
	if (!answer.found) return { operations: null, features: [] };
	const operations = answer.operations.numbers?.flatMap((number) => operationNames.get(number) ?? []) ?? null;
	return { operations, features: answer.features.numbers ?? [] };
}
