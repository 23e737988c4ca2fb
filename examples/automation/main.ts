// Previews a stack, shows the plan of each relationship and what it destroys, asks, and runs. For a desk at night, or a portal.
import { createInterface } from "node:readline/promises";
import { LocalWorkspace } from "@pulumi/pulumi/automation";

const [folder = ".", stackName = "dev"] = process.argv.slice(2);

async function main(): Promise<number> {
	const stack = await LocalWorkspace.selectStack({ stackName, workDir: folder });
	const plans = new Map<string, readonly string[]>();
	const losses: string[] = [];
	const tokens = new Set<string>();
	await stack.preview({
		onEvent: ({ resourcePreEvent, diagnosticEvent }) => {
			const { urn = "", new: next } = resourcePreEvent?.metadata ?? {};
			const planned: unknown = next?.inputs?.plannedOperations;
			if (Array.isArray(planned)) plans.set(urn.split("::").at(-1) ?? urn, planned.map(String));
			const { message = "", ephemeral } = diagnosticEvent ?? {};
			const token = /approval: "([0-9a-f-]+)"/.exec(message)?.[1];
			if (token === undefined || ephemeral === true) return;
			tokens.add(token);
			losses.push(message.replaceAll(/<\{%.*?%\}>/g, "").trim());
		},
	});
	for (const [name, lines] of plans) console.log([name, ...lines].join("\n  "));
	for (const loss of losses) console.log(`\n${loss}`);

	const terminal = createInterface({ input: process.stdin, output: process.stdout });
	const question = tokens.size === 0 ? "Run it? (yes) " : "Type the tokens of what may be destroyed, or nothing: ";
	const typed = new Set((await terminal.question(`\n${question}`)).trim().split(/\s+/));
	terminal.close();
	const wanted = tokens.size === 0 ? ["yes"] : [...tokens];
	if (!wanted.every((word) => typed.has(word))) {
		console.log("Nothing was sent.");
		return 1;
	}
	// The environment is the way that also goes with a saved plan; a configuration would stay behind.
	stack.workspace.envVars = {
		...stack.workspace.envVars,
		STORAGE_REPLICATION_APPROVALS: [...tokens].join(" "),
		STORAGE_REPLICATION_REASON: process.env.STORAGE_REPLICATION_REASON ?? "asked for at a desk",
	};
	await stack.up({ onOutput: (text) => process.stdout.write(text) });
	return 0;
}

main().then(
	(code) => {
		process.exitCode = code;
	},
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exitCode = 2;
	},
);
