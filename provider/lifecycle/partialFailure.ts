import type { Bag } from "./arguments";

/**
 * What Pulumi takes as "created or updated, but not finished": an error with id, properties and reasons. The state
 * then holds these properties and the next `up` calls update, even if diff says that nothing changed (measured).
 *
 * `properties` must hold `__provider`: the SDK adds it everywhere else but here, and without it every later read and
 * delete of the resource fails for ever (measured).
 */
export class PartialFailure extends Error {
	readonly id: string;
	readonly properties: Bag;
	readonly reasons: readonly string[];

	constructor(id: string, properties: Bag, reason: string) {
		super(reason);
		this.name = "PartialFailure";
		this.id = id;
		this.properties = properties;
		this.reasons = [reason];
	}
}
