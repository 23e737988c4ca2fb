import {
	type Arguments,
	type Bag,
	copyClassIn,
	hasUnknown,
	readStoredArguments,
} from "../../provider/lifecycle/arguments";
import { type DeclaredPair, isSamePair } from "../../provider/lifecycle/declarations";
import { knownIdsIn, rememberedIn } from "../../provider/lifecycle/outputs";
import { ReplicationError } from "../../provider/model/replicationError";
import { kindDeclaredBy, resourcesIn, type StoredResource } from "../stackExport";
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
		.filter(({ delete: isReplaced, external }) => isReplaced !== true && external !== true)
		.flatMap(copyIn);
	return copies.map((copy) => ({
		...copy,
		alsoHeldBy: copies.filter((other) => other !== copy && isSamePair(pairIn(copy.props), pairIn(other.props))),
	}));
}

function copyIn({ type, urn = "", inputs = {}, outputs }: StoredResource): StoredCopy[] {
	const kind = kindDeclaredBy(type);
	if (kind !== "Snapshot" && kind !== "Clone") return [];
	const props = { ...inClear(outputs ?? inputs), kind };
	const copy = { urn, name: namesIn(urn).name, props, alsoHeldBy: [] };
	if (hasUnknown(props)) {
		const problem = "it has secrets in this export: give one of pulumi stack export --show-secrets";
		return [{ ...copy, given: null, problem }];
	}
	try {
		rememberedIn(props);
		return [{ ...copy, given: readStoredArguments(props), problem: null }];
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		return [{ ...copy, given: null, problem: error.message }];
	}
}

/** Of what an export tells, also where the rest of it cannot be read. */
function pairIn(props: Bag): DeclaredPair {
	const name = (place: unknown) => String((place as Bag | undefined)?.virtualDisk ?? "");
	return {
		ids: knownIdsIn(props),
		virtualDisks: { source: name(props.source), target: name(props.target) },
		resourceClass: copyClassIn(props),
	};
}
