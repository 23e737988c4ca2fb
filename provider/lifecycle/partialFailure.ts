import type { Bag } from "./arguments";

/**
 * What Pulumi takes as "created or updated, but not finished": an error with id, properties and reasons. The state
 * then holds these properties and the next `up` calls update, even if diff says that nothing changed (measured).
 *
 * `properties` must hold `__provider`: the SDK adds it everywhere else but here, and without it every later read and
 * delete of the resource fails for ever (measured). They are cleaned of what JSON does not have: an `undefined` in them
 * makes the SDK throw where nobody catches it, and the update hangs (measured).
 */
export class PartialFailure extends Error {
	readonly id: string;
	readonly properties: Bag;
	readonly reasons: readonly string[];

	constructor(id: string, properties: Bag, reason: string) {
		super(reason);
		this.name = "PartialFailure";
		this.id = id;
		this.properties = JSON.parse(JSON.stringify(properties)) as Bag;
		this.reasons = [reason];
	}
}
