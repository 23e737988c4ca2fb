import { errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import { nameIn } from "./urn";

/** Two resources would give one relationship, or one group, two wishes. The other one is told by name, or by its URN. */
export function declaredTwice(
	other: string,
	thing: "pair of disks" | "replication group" = "pair of disks",
): ReplicationError {
	const isPair = thing === "pair of disks";
	return new ReplicationError({
		code: errorCodes.pairDeclaredTwice,
		class: "user",
		property: isPair ? "source" : "friendlyName",
		what: `this ${thing} is declared by another resource as well, ${nameIn(other)}.`,
		dataSafety: "yes, nothing was sent for this resource.",
		remedy: `declare each ${isPair ? "pair" : "group"} once; taking one of the two out of the program ends nothing as long as the other one is in it.`,
	});
}
