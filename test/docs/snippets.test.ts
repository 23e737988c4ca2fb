import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { describe as described } from "../../scripts/referenceFields";
import { blocksOf, pages, root } from "./pages";

/** What a snippet may leave out because the page says it in words. */
const assumed: readonly (readonly [RegExp, RegExp, string])[] = [
	[/\bpulumi\./, /import \* as pulumi/, `import * as pulumi from "@pulumi/pulumi";`],
	[
		/\bVirtualDiskReplication\b/,
		/import \{[^}]*\bVirtualDiskReplication\b/,
		`import { VirtualDiskReplication } from "pulumi-storage-replication";`,
	],
	[
		/\bGroupReplication\b/,
		/import \{[^}]*\bGroupReplication\b/,
		`import { GroupReplication } from "pulumi-storage-replication";`,
	],
	[
		/\bReplicationGroup\b/,
		/import \{[^}]*\bReplicationGroup\b/,
		`import { ReplicationGroup } from "pulumi-storage-replication";`,
	],
	[
		/[{\s]source,/,
		/const source\b/,
		`const source = { host: "east", virtualDisk: "Orders" }, target = { host: "west", virtualDisk: "Orders-DR" };`,
	],
	[/\bsite\b/, /(const|let) site\b/, "declare const site: pulumi.ComponentResource;"],
	[/parent: site/, /import \* as pulumi/, `import * as pulumi from "@pulumi/pulumi";`],
];

test("every TypeScript snippet compiles", () => {
	const manual = described("sdk/virtualDiskReplication.ts", "VirtualDiskReplication").text;
	const snippets = [...pages(), { path: "sdk/virtualDiskReplication.ts", text: manual }].flatMap((page) =>
		blocksOf(page).filter(({ language }) => /^(ts|typescript)$/.test(language)),
	);
	expect(snippets.length).toBeGreaterThan(5);
	const files = new Map(
		snippets.map(({ text }, index) => {
			const lines = assumed.filter(([uses, has]) => uses.test(text) && !has.test(text)).map(([, , line]) => line);
			return [join(root, "test", "docs", `snippet-${index}.ts`), [...new Set(lines), text, "export {};"].join("\n")];
		}),
	);
	const options: ts.CompilerOptions = {
		target: ts.ScriptTarget.ES2022,
		module: ts.ModuleKind.ESNext,
		moduleResolution: ts.ModuleResolutionKind.Bundler,
		lib: ["lib.es2023.d.ts"],
		types: ["node"],
		typeRoots: [join(root, "node_modules", "@types")],
		strict: true,
		skipLibCheck: true,
		noEmit: true,
		paths: {
			"pulumi-storage-replication": [join(root, "sdk", "index.ts")],
			"pulumi-storage-replication/policy": [join(root, "policy", "index.ts")],
			"pulumi-storage-replication/testing": [join(root, "sdk", "testing.ts")],
			"pulumi-storage-replication/simulator": [join(root, "provider", "hosts", "simulator", "index.ts")],
		},
	};
	const host = ts.createCompilerHost(options);
	const { fileExists, readFile, getSourceFile } = host;
	host.fileExists = (name) => files.has(name) || fileExists(name);
	host.readFile = (name) => files.get(name) ?? readFile(name);
	host.getSourceFile = (name, ...rest) => {
		const text = files.get(name);
		return text === undefined ? getSourceFile(name, ...rest) : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
	};
	const program = ts.createProgram([...files.keys()], options, host);
	const mistakes = [...files.keys()].flatMap((name, index) => {
		const file = program.getSourceFile(name);
		const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
		const { page, line } = snippets[index] ?? { page: "", line: 0 };
		return found.map(({ messageText }) => `${page}:${line}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
	});
	expect(mistakes).toEqual([]);
});
