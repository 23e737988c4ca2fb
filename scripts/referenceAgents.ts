import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "..");

/** In the form of the Pulumi Registry; the README says the same. */
const forRegistry = ["_index.md", "installation-configuration.md"];

/** llms.txt, as llmstxt.org describes it: what this is, and where each thing is told. */
export function llmsText(): string {
	return `# pulumi-storage-replication

> ${summary()}

\`npm install pulumi-storage-replication\`. One resource, \`VirtualDiskReplication\`, for TypeScript and JavaScript programs of Pulumi.
Without Windows it runs against simulated arrays that are part of the package.

## Docs

${pages()
	.map(({ path, title, about }) => `- [${title}](${path}): ${about}`)
	.join("\n")}

## Optional

- [Changelog](CHANGELOG.md): what changes in a plan, a diff or an error
- [Contributing](CONTRIBUTING.md): how the repository is laid out, how to add an operation, a code, a test
`;
}

/** AGENTS.md: for programs that write programs. Made of what people read, so that there are no two truths. */
export function agentsText(): string {
	return `# For agents

${summary()}

What must not be forgotten, whatever you were asked:

- **Consent is a person's.** A plan that destroys writes prints a token. Show the person whose writes would go, and how old they
  may be; never put a token into \`approval\`, the configuration or the environment by yourself.
- **\`lost\` is for an end that is gone.** A host that merely does not answer is not lost. Never declare it to get on.
- **Preview before up**, and read \`plannedOperations\`. Nothing is sent by a preview.
- **Every message has a code**, \`SR####\`. Look it up in docs/errors.md before you do anything about it.
- **Run again instead of repairing.** Every run looks at the arrays first and sends nothing twice.
- Use the simulator to try things. It needs nothing but a file.

## Use it

\`\`\`
npm install pulumi-storage-replication
\`\`\`

${sectionOf("README.md", "First program")}

## States

${sectionOf("README.md", "States")}

## Errors

${tableIn("docs/errors.md")}

## Where to look

${pages()
	.map(({ path, about }) => `- \`${path}\`: ${about}`)
	.join("\n")}

## Work on this repository

${textOf("CONTRIBUTING.md")
	.replace(/^# .*\n+/, "")
	.replace(/^## /gm, "### ")
	.trim()}
`;
}

interface Page {
	readonly path: string;
	readonly title: string;
	/** The first sentence. */
	readonly about: string;
}

function pages(): Page[] {
	const names = readdirSync(join(root, "docs"))
		.filter((name) => name.endsWith(".md") && !forRegistry.includes(name))
		.sort();
	return ["README.md", ...names.map((name) => `docs/${name}`)].map((path) => {
		const text = textOf(path);
		const [, title = ""] = /^# (.+)$/m.exec(text) ?? [];
		return { path, title, about: firstSentence(text) };
	});
}

/** Of the first paragraph that is words: no heading, code, table, list or picture. A few words say nothing: then the next ones too. */
function firstSentence(text: string): string {
	const words = text
		.replace(/^```[\s\S]*?^```$/gm, "")
		.split(/\n\s*\n/)
		.map((part) => part.trim())
		.find((part) => part !== "" && !/^(?:[#|\-*!<]|```)/.test(part));
	const plain = (words ?? "").replace(/\s+/g, " ").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
	const [, sentence = plain] = /^(.{40,}?[.:?])(?:\s|$)/.exec(plain) ?? [];
	return sentence.replace(/:$/, ".");
}

function summary(): string {
	return (JSON.parse(textOf("package.json")) as { description: string }).description;
}

function sectionOf(path: string, title: string): string {
	const [, after] = textOf(path).split(`\n## ${title}\n`);
	if (after === undefined) throw new Error(`${path} has no section ${title}`);
	return (after.split(/\n## /)[0] ?? "").trim();
}

/** The first table of a page. */
function tableIn(path: string): string {
	return /(?:^\|.*\n)+/m.exec(textOf(path))?.[0].trim() ?? "";
}

function textOf(path: string): string {
	return readFileSync(join(root, path), "utf8");
}
