import { isDeepStrictEqual } from "node:util";
import { type ErrorCode, errorCodes } from "../model/errorCodes";
import { ReplicationError } from "../model/replicationError";
import type { Arguments, Bag } from "./arguments";
import { isExpired } from "./copyArguments";

/** What no copy may be created or adopted with: a leftover label or date in a declaration that is made anew must not fire. */
export function refuseAtCreation({ copy }: Arguments, nowMs: number): void {
	if (copy === undefined) return;
	if (copy.restore !== null) {
		throw mistake(
			errorCodes.restoreAtCreation,
			"restore",
			"a restore is asked for, and this run creates or adopts the copy: there is nothing that it could have been meant for.",
			"take restore away; give a label when the copy exists and the source is to be made what it is.",
		);
	}
	if (isExpired(copy, nowMs)) {
		throw mistake(
			errorCodes.expiryPast,
			"expiresAt",
			`expiresAt ${copy.expiresAt} has passed: the copy would end in the run that makes it.`,
			"give a time in the future, or leave expiresAt out.",
		);
	}
}

/** `destroy` shows no preview, so what deletes a disk takes standing consent. */
export function refuseUnconsented({ copy }: Arguments): void {
	if (copy?.by !== "ReturnToResourcePool" || copy.expendable === "everything") return;
	throw mistake(
		errorCodes.expendableMissing,
		"expendable",
		`deletePolicy returnToResourcePool deletes the disk of the copy, and expendable is ${copy.expendable}.`,
		"declare expendable: everything, or another deletePolicy.",
	);
}

/** Only CreateReplica takes them; a replacement would make everything anew for a place. `null`: nothing of them changed. */
export function movedPlace(given: Bag, olds: Bag): ReplicationError | null {
	const place = (bag: Bag) => {
		const { storagePool, storageSubsystem } = (bag.target ?? {}) as Bag;
		return { storagePool, storageSubsystem, offload: bag.offload ?? false };
	};
	if (Object.keys(olds).length === 0 || isDeepStrictEqual(place(given), place(olds))) return null;
	return mistake(
		errorCodes.placeFixed,
		"target",
		"storagePool, storageSubsystem and offload are used when the copy is made, and no operation changes them later.",
		"set them back, or declare another target for another copy.",
	);
}

function mistake(code: ErrorCode, property: string, what: string, remedy: string): ReplicationError {
	return new ReplicationError({
		code,
		class: "user",
		property,
		what,
		dataSafety: "yes, nothing was changed.",
		remedy,
	});
}
