import {
	type Arguments,
	argumentNamesIn,
	type Bag,
	classIn,
	hasUnknown,
	mistakesIn,
	readArguments,
	unknownValue,
} from "../../provider/lifecycle/arguments";
import { nothingRemembered, type Remembered, rememberedIn } from "../../provider/lifecycle/outputs";
import { ReplicationError } from "../../provider/model/replicationError";
import { kindDeclaredBy, resourcesIn, type StoredResource } from "../stackExport";

/** A relationship as a stack export holds it: what was wished, and what the last run remembers. */
export interface Declaration {
	readonly urn: string | null;
	readonly name: string;
	readonly project: string | null;
	readonly stack: string | null;
	readonly id: string | null;
	readonly inputs: Bag;
	readonly remembered: Remembered;
	/** Null: they cannot be read, and `problem` says why. */
	readonly given: Arguments | null;
	readonly problem: string | null;
	/** The program only looks at it, by the `get` of its class. */
	readonly isExternal: boolean;
}

/** Every relationship of a stack export, but for those that are replaced and only wait for their deletion. */
export function declarationsIn(path: string): Declaration[] {
	return resourcesIn(path)
		.filter(({ type, delete: isReplaced }) => kindDeclaredBy(type) !== null && isReplaced !== true)
		.map(declarationOf);
}

function declarationOf({ type, urn, id, external, inputs = {}, outputs = {} }: StoredResource): Declaration {
	// What is only looked at by `get` was never checked, and so may lack it.
	const given = withoutConsents({ ...inClear(inputs), kind: kindDeclaredBy(type) });
	const names = argumentNamesIn(given);
	const told = {
		...namesIn(urn ?? ""),
		urn: urn ?? null,
		id: id ?? null,
		inputs: given,
		isExternal: external === true,
	};
	const unread = (problem: string): Declaration => ({ ...told, given: null, remembered: nothingRemembered, problem });
	if (names.some((name) => hasUnknown(given[name]))) {
		return unread("its arguments are secret in this export: give one of pulumi stack export --show-secrets");
	}
	const [mistake] = mistakesIn(Object.fromEntries(names.map((name) => [name, given[name]])), classIn(given));
	if (mistake !== undefined) return unread(mistake.reason);
	try {
		const remembered = rememberedIn(inClear(outputs));
		return { ...told, given: readArguments(given), remembered, problem: null };
	} catch (error) {
		if (!(error instanceof ReplicationError)) throw error;
		return unread(error.message);
	}
}

/** `urn:pulumi:<stack>::<project>::<type>::<name>`. */
export function namesIn(urn: string): Pick<Declaration, "name" | "project" | "stack"> {
	const [stack, project, , ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
	if (stack === undefined || project === undefined || name.length === 0)
		return { name: urn || "a resource without a name", project: null, stack: null };
	return { name: name.join("::"), project, stack };
}

/** How Pulumi marks a secret in a state: with its text if --show-secrets was given (sdk/go/common/resource/sig). */
const secretMark = "4dabf18193072939515e22adb298388d";

/** The bag with its secrets in clear, where the export has them so; the others are as unknown as an output in a preview. */
export function inClear(bag: Bag): Bag {
	return Object.fromEntries(Object.entries(bag).map(([name, value]) => [name, clear(value)]));
}

function clear(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(clear);
	if (typeof value !== "object" || value === null) return value;
	const bag = value as Bag;
	if (!Object.hasOwn(bag, secretMark)) return inClear(bag);
	if (typeof bag.plaintext !== "string") return unknownValue;
	try {
		return clear(JSON.parse(bag.plaintext));
	} catch {
		return unknownValue;
	}
}

/** What is not needed to look, and often secret: without them a consent is told as missing, never as given. */
function withoutConsents({ approval, reason, ...bag }: Bag): Bag {
	return hasUnknown([approval, reason]) || approval === undefined ? bag : { ...bag, approval };
}
