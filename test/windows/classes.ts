import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { runScript } from "./runScript";
import type { Transcript } from "./transcript";

/** What a source states of a class. A member that is missing is not stated, and nothing is compared. */
const stated = {
	class: z.string(),
	/** Name of CimType. */
	type: z.string().optional(),
	/** The class of an embedded instance or of a reference. */
	of: z.string().optional(),
	/** Those that are stated; others may be there. */
	qualifiers: z.array(z.enum(["Key", "Required"])).optional(),
	source: z.array(z.enum(["wmi", "docs", "migen"])).min(1),
};
export const classRow = z.union([
	z.strictObject({ ...stated, property: z.string() }),
	z.strictObject({ ...stated, method: z.string(), parameter: z.string(), direction: z.enum(["In", "Out"]) }),
]);
export type ClassRow = z.infer<typeof classRow>;

const declared = z.object({
	name: z.string(),
	type: z.string(),
	of: z.string(),
	flags: z.string(),
	/** `null`: the system does not tell them. */
	qualifiers: z.record(z.string(), z.string().nullable()).nullable(),
});
/** What a system says of its classes, as dumpClasses.ps1 writes it. `error`: the class could not be read. */
export const classDump = z.array(
	z.object({
		class: z.string(),
		error: z.string().nullable(),
		properties: z.array(declared),
		methods: z.array(z.object({ name: z.string(), parameters: z.array(declared) })),
	}),
);
export type ClassDump = z.infer<typeof classDump>;
type Declared = z.infer<typeof declared>;

export function classRows(): readonly ClassRow[] {
	const text = readFileSync(join(__dirname, "classes.json"), "utf8");
	return z.strictObject({ sources: z.record(z.string(), z.string()), rows: z.array(classRow) }).parse(JSON.parse(text))
		.rows;
}

/** Where a system is not as the sources say; each difference with both words. */
export function differences(rows: readonly ClassRow[], dump: ClassDump): readonly string[] {
	return rows.flatMap((row) => {
		const found = dump.find(({ class: name }) => name === row.class);
		const where = "property" in row ? `${row.class}.${row.property}` : `${row.class}.${row.method}(${row.parameter})`;
		if (found === undefined || found.error !== null) return [`${where}: no class (${found?.error ?? "not asked for"})`];
		const element =
			"property" in row
				? found.properties.find(({ name }) => name === row.property)
				: found.methods.find(({ name }) => name === row.method)?.parameters.find(({ name }) => name === row.parameter);
		if (element === undefined) return [`${where}: is not there`];
		return compared(row, element).map((text) => `${where}: ${text}`);
	});
}

function compared(row: ClassRow, element: Declared): string[] {
	const found: string[] = [];
	const has = (name: string) =>
		Object.keys(element.qualifiers ?? {}).some((each) => each.toLowerCase() === name.toLowerCase());
	if (row.type !== undefined && row.type !== element.type) found.push(`stated ${row.type}, is ${element.type}`);
	// Either tells the class; a system that tells neither is no contradiction.
	const of = element.of || qualifierOf(element, "EmbeddedInstance");
	if (row.of !== undefined && of && of.toLowerCase() !== row.of.toLowerCase()) found.push(`stated ${row.of}, is ${of}`);
	const told = element.qualifiers !== null;
	if (told && "direction" in row && !has(row.direction)) found.push(`stated ${row.direction}, is not`);
	for (const name of row.qualifiers ?? []) {
		// Flags have Key too, where no qualifier says it.
		if (told && !has(name) && !element.flags.split(", ").includes(name)) found.push(`stated ${name}, is not`);
	}
	return found;
}

function qualifierOf({ qualifiers }: Declared, name: string): string | null {
	return Object.entries(qualifiers ?? {}).find(([each]) => each.toLowerCase() === name.toLowerCase())?.[1] ?? null;
}

/** What is asked of no source, and only this system can say: the parameters that it declares Required. */
function requiredParameters(dump: ClassDump): readonly string[] {
	return dump.flatMap(({ class: name, methods }) =>
		methods.flatMap((method) =>
			method.parameters
				.filter(({ qualifiers }) => "Required" in (qualifiers ?? {}))
				.map((parameter) => `${name}.${method.name}(${parameter.name})`),
		),
	);
}

async function dumpClasses(rows: readonly ClassRow[]): Promise<ClassDump> {
	const names = [...new Set(rows.map(({ class: name }) => name))];
	return classDump.parse(JSON.parse(await runScript("dumpClasses.ps1", { CLASSES: names.join(",") })));
}

/** Compares the real classes with what the sources say. */
export async function checkClasses(transcript: Transcript, rows = classRows()): Promise<void> {
	const dump = await dumpClasses(rows);
	transcript.note("classes", dump);
	transcript.note("parameters declared Required", requiredParameters(dump));
	const differing = differences(rows, dump);
	transcript.expect("the classes are as the sources say", differing.length === 0, differing);
}
