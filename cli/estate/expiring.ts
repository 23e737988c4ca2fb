import {
	type Arguments,
	type Bag,
	copyClassIn,
	hasUnknown,
	readStoredArguments,
} from "../../provider/lifecycle/arguments";
import type { CopyClass } from "../../provider/lifecycle/copyArguments";
import { identityOf, rememberedIn } from "../../provider/lifecycle/outputs";
import { ReplicationError } from "../../provider/model/replicationError";
import { isCopy, resourcesIn, type StoredResource } from "../stackExport";
import { inClear, namesIn } from "./declarations";

/** A copy that a stack holds, as its last up left it. */
export interface StoredCopy {
	readonly urn: string;
	readonly name: string;
	readonly props: Bag;
	/** Null: it cannot be read, and `problem` says why. */
	readonly given: Arguments | null;
	readonly problem: string | null;
	/** Other resources of the stack that hold the same copy: a rename that was cut off leaves two. */
	readonly alsoHeldBy: readonly StoredCopy[];
}

/**
 * Every copy of a stack export that has an end of its own. Those that are replaced only wait for their deletion, and what a
 * program merely looks at is not its to end.
 */
export function copiesIn(path: string): StoredCopy[] {
	const copies = resourcesIn(path)
		.filter(({ type, delete: isReplaced, external }) => isCopy(type) && isReplaced !== true && external !== true)
		.map(copyIn);
	return copies.map((copy) => ({
		...copy,
		alsoHeldBy: copies.filter((other) => other !== copy && isSameCopy(copy.props, other.props)),
	}));
}

function copyIn({ type, urn = "", inputs = {}, outputs }: StoredResource): StoredCopy {
	const copyClass: CopyClass = type.endsWith("Snapshot") ? "Snapshot" : "Clone";
	const props = { ...inClear(outputs ?? inputs), kind: copyClass };
	const copy = { urn, name: namesIn(urn).name, props, alsoHeldBy: [] };
	if (hasUnknown(props)) {
		const problem = "it has secrets in this export: give one of pulumi stack export --show-secrets";
		return { ...copy, given: null, problem };
	}
	try {
		rememberedIn(props);
		return { ...copy, given: readStoredArguments(props), problem: null };
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		return { ...copy, given: null, problem: error.message };
	}
}

function isSameCopy(one: Bag, other: Bag): boolean {
	const [ids, others] = [one, other].map((bag) => ({
		source: typeof bag.sourceUniqueId === "string" && bag.sourceUniqueId !== "" ? bag.sourceUniqueId : null,
		target: typeof bag.targetUniqueId === "string" && bag.targetUniqueId !== "" ? bag.targetUniqueId : null,
	}));
	if (ids?.source == null || ids.target === null || others === undefined) return false;
	return identityOf(ids, copyClassIn(one)) === identityOf(others, copyClassIn(other));
}
