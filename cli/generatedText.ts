import type { Adoptable, Declaration, RelationshipDeclaration } from "./adoptable";

/** What `generate` writes, by language. */
export const languages = { typescript, yaml } as const;

function typescript({ host, declarations, leftOut }: Adoptable): string {
	const blocks = declarations.map(
		(declaration) =>
			`new ${declaration.className}(${JSON.stringify(declaration.name)}, {\n${fieldsOf(declaration)
				.map(([field, value]) => `\t${field}: ${value},\n`)
				.join("")}});\n`,
	);
	const classes = declarations.map(({ className }) => className);
	const used = [...new Set(classes.length === 0 ? ["VirtualDiskReplication"] : classes)].sort();
	return [
		`import { ${used.join(", ")} } from "pulumi-storage-replication";\n\n`,
		comment("//", `What host ${host} holds, as it is. The first up adopts it and sends nothing.`),
		...leftOut.map((what) => comment("//", `Left out: ${what}`)),
		...blocks.map((block) => `\n${block}`),
	].join("");
}

function yaml({ host, declarations, leftOut }: Adoptable): string {
	const blocks = declarations.map(
		(declaration) =>
			`${JSON.stringify(declaration.name)}:\n${classOf(declaration)}${fieldsOf(declaration)
				.map(([field, value]) => `  ${field}: ${value}\n`)
				.join("")}`,
	);
	return [
		comment(
			"#",
			`What host ${host} holds, as it is: arguments by name, of VirtualDiskReplication where no class is named.`,
		),
		...leftOut.map((what) => comment("#", `Left out: ${what}`)),
		...(blocks.length === 0 ? ["{}\n"] : blocks),
	].join("");
}

/** No class takes it as an argument: a program that does not know it is told so, and makes no mirror of a copy. */
function classOf({ className }: Declaration): string {
	return className === "VirtualDiskReplication" ? "" : `  class: ${className}\n`;
}

/** JSON is TypeScript and YAML alike, whatever a disk is called. The default is left out. */
function fieldsOf(declaration: Declaration): [string, string][] {
	if (declaration.className === "ReplicationGroup") {
		const { host, storageSubsystem, friendlyName, members } = declaration;
		return Object.entries({ host, storageSubsystem, friendlyName, members }).flatMap(([field, value]) =>
			value === undefined ? [] : [[field, JSON.stringify(value)]],
		);
	}
	const { source, target, state, syncMode, offload } = declaration;
	const named = declaration.className === "GroupReplication" ? "group" : "virtualDisk";
	const end = ({ host, virtualDisk }: RelationshipDeclaration["source"]) =>
		`{ host: ${JSON.stringify(host)}, ${named}: ${JSON.stringify(virtualDisk)} }`;
	return [
		["source", end(source)],
		["target", end(target)],
		...(state === "active" ? [] : [["state", JSON.stringify(state)] as [string, string]]),
		...(syncMode === undefined ? [] : [["syncMode", JSON.stringify(syncMode)] as [string, string]]),
		...(offload === undefined ? [] : [["offload", "true"] as [string, string]]),
	];
}

/** One line, whatever is in it: what follows a line break in a disk's name would be code. */
function comment(sign: string, text: string): string {
	return `${sign} ${text.replace(/[\p{Zl}\p{Zp}\p{Cc}]+/gu, " ")}\n`;
}
