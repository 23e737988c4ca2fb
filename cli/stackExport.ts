import { readFileSync } from "node:fs";
import * as z from "zod";
import { endIn, type ResourceClass } from "../provider/lifecycle/arguments";
import { type Remembered, rememberedIn, swapRemembered } from "../provider/lifecycle/outputs";
import type { PerEnd } from "../provider/model/relationship";
import { unreadableFile } from "./relationshipOptions";

interface Place {
	readonly host: string;
	readonly virtualDisk: string;
}

const place = z.object({ host: z.string(), virtualDisk: z.string() });
const stackSchema = z.object({
	deployment: z.object({
		resources: z.array(
			z.object({
				urn: z.string().optional(),
				type: z.string(),
				id: z.string().optional(),
				/** Replaced, and still to be deleted: another resource of the same URN took its place. */
				delete: z.boolean().optional(),
				/** Read by a program that does not declare it. */
				external: z.boolean().optional(),
				inputs: z.record(z.string(), z.unknown()).optional(),
				outputs: z.record(z.string(), z.unknown()).optional(),
			}),
		),
	}),
});
const endsSchema = z.object({ source: place, target: place });

/**
 * What a program's state remembers of the relationship of this kind between these ends; a mirror that is declared the other
 * way round is the same.
 */
export function rememberedInStack(path: string, ends: PerEnd<Place>, kind: DeclaredKind): Remembered {
	const known: string[] = [];
	for (const outputs of relationshipsIn(path, kind)) {
		const given = endsSchema.safeParse({ source: endIn(outputs.source), target: endIn(outputs.target) }).data;
		if (given === undefined) continue;
		if (same(given.source, ends.source) && same(given.target, ends.target)) return rememberedIn(outputs);
		const hasRoles = kind === "Mirror" || kind === "Group";
		if (hasRoles && same(given.source, ends.target) && same(given.target, ends.source))
			return swapRemembered(rememberedIn(outputs));
		known.push(`${describePlace(given.source)} and ${describePlace(given.target)}`);
	}
	const wanted = `no relationship between ${describePlace(ends.source)} and ${describePlace(ends.target)} is in it`;
	throw unreadableFile("stack", path, `${wanted}; there are: ${known.join(", ") || "none"}`);
}

/** The ledger of a stack, from the configuration that its last up stored with the provider (measured). */
export function journalInStack(path: string): string {
	const journals = configuredInStack(path, "journal");
	const [journal, ...others] = journals;
	if (journal !== undefined && others.length === 0) return journal;
	const found = journal === undefined ? "no ledger is in it" : `several ledgers are in it: ${journals.join(", ")}`;
	throw unreadableFile("stack", path, `${found}; give --journal`);
}

/** The values of a key of `storageReplication:` that the last up stored, each once; a secret one is not told. */
export function configuredInStack(path: string, key: "hosts" | "journal"): readonly string[] {
	const values = resourcesIn(path).flatMap(({ type, inputs }) => {
		const value = inputs?.[`storageReplication:${key}`];
		return type === "pulumi:providers:pulumi-nodejs" && typeof value === "string" ? [value] : [];
	});
	return [...new Set(values)];
}

/** Whether the last up stored a value of a key that this export does not tell. */
export function isSecretInStack(path: string, key: "hosts" | "journal"): boolean {
	return resourcesIn(path).some(({ type, inputs }) => {
		const value = inputs?.[`storageReplication:${key}`];
		return type === "pulumi:providers:pulumi-nodejs" && value !== undefined && typeof value !== "string";
	});
}

function relationshipsIn(path: string, kind: DeclaredKind): Readonly<Record<string, unknown>>[] {
	return resourcesIn(path).flatMap(({ type, outputs }) =>
		outputs !== undefined && kindDeclaredBy(type) === kind ? [outputs] : [],
	);
}

/** A relationship of two disks that mirror each other, of a copy, or of two groups. */
export type DeclaredKind = "Mirror" | ResourceClass;

/** What a resource of this type declares; null: no relationship of ours. */
export function kindDeclaredBy(type: string): DeclaredKind | null {
	switch (/storageReplication:(\w+)$/.exec(type)?.[1]) {
		case "VirtualDiskReplication":
			return "Mirror";
		case "VirtualDiskSnapshot":
			return "Snapshot";
		case "VirtualDiskClone":
			return "Clone";
		case "GroupReplication":
			return "Group";
		default:
			return null;
	}
}

export type StoredResource = z.infer<typeof stackSchema>["deployment"]["resources"][number];

export function resourcesIn(path: string): readonly StoredResource[] {
	let value: unknown;
	try {
		value = JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw unreadableFile("stack", path, error);
	}
	const stack = stackSchema.safeParse(value);
	if (!stack.success) throw unreadableFile("stack", path, "it is no stack export");
	return stack.data.deployment.resources;
}

function same(one: Place, other: Place): boolean {
	return one.host === other.host && one.virtualDisk.toLowerCase() === other.virtualDisk.toLowerCase();
}

function describePlace({ host, virtualDisk }: Place): string {
	return `${host}:${virtualDisk}`;
}
