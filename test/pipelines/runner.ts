import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ended, PulumiProject } from "../../scripts/pulumiProject";
import { jobsFor, type Platform, type Purpose, folder as templates } from "./templates";

const githubRunId = `\${{ github.run_id }}`;

/** What a person types where a pipeline asks for it. */
export interface Given {
	readonly state?: string;
	readonly failoverTo?: string;
	readonly lost?: string;
	readonly reason?: string;
	readonly approvals?: string | undefined;
}

/**
 * Runs jobs of the templates as their platforms do: each in a clone of its own, of what was pushed, with nothing else than
 * the artifacts that it is given.
 */
export class Runner {
	private readonly project: PulumiProject;
	readonly origin: string;

	/** Makes a repository of the project, with the steps where docs/pipelines.md says that they are copied to. */
	constructor(project: PulumiProject) {
		this.project = project;
		this.origin = join(project.folder, "origin.git");
		cpSync(join(templates, "steps"), join(project.folder, "pipelines", "steps"), { recursive: true });
		git(project.folder, "init", "--quiet", "--initial-branch=main");
		git(project.folder, "init", "--quiet", "--bare", "--initial-branch=main", this.origin);
		git(project.folder, "remote", "add", "origin", this.origin);
		this.push("the program");
	}

	/** What a merge does: the project as it is now is the main branch. */
	push(message: string): void {
		const { folder } = this.project;
		git(folder, "add", "Pulumi.yaml", "Pulumi.dev.yaml", "package.json", "index.ts", "pipelines");
		git(folder, "-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "--message", message);
		git(folder, "push", "--quiet", "origin", "HEAD:main");
	}

	/** Answers with the workspace that the job leaves, and with what ended each of its scripts. */
	async run(
		platform: Platform,
		purpose: Purpose,
		given: Given = {},
		artifacts: { readonly from: string; readonly files: readonly string[] } | null = null,
	): Promise<{ readonly workspace: string; readonly exitCode: number; readonly text: string }> {
		// Beside the project, because the package is found from there upwards.
		const workspace = mkdtempSync(join(this.project.folder, "..", "program-job-"));
		git(this.project.folder, "clone", "--quiet", this.origin, workspace);
		for (const file of artifacts?.files ?? []) cpSync(join(artifacts?.from ?? "", file), join(workspace, file));
		const ended: Ended[] = [];
		for (const { scripts } of jobsFor(platform, purpose)) {
			for (const script of scripts) {
				const hasFailed = ended.some(({ exitCode }) => exitCode !== 0);
				// The package is installed above the workspace already, as npm installs it.
				const lines = script.text.split("\n").filter((line) => !line.startsWith("npm ci "));
				if (lines.length === 0 || (hasFailed && !script.always)) continue;
				const path = join(this.project.folder, "script.sh");
				writeFileSync(path, lines.join("\n"));
				const environment = { ...platformVariables[platform](workspace), ...valuesOf(script.environment, given) };
				ended.push(await this.project.runScript(path, workspace, { ...environment, PULUMI_STACK: "dev" }));
			}
		}
		return {
			workspace,
			exitCode: ended.find(({ exitCode }) => exitCode !== 0)?.exitCode ?? 0,
			text: ended.map(({ text }) => text).join(""),
		};
	}
}

/** What the platforms themselves put into the environment of a job that belongs to no pull request. */
const platformVariables: Readonly<Record<Platform, (workspace: string) => Record<string, string>>> = {
	github: (workspace) => ({
		GITHUB_ACTIONS: "true",
		GITHUB_ACTOR: "mlee",
		GITHUB_REPOSITORY: "acme/storage",
		GITHUB_REF: "refs/heads/main",
		GITHUB_STEP_SUMMARY: join(workspace, "step-summary.md"),
	}),
	azure: () => ({ TF_BUILD: "True", SYSTEM_COLLECTIONURI: "https://dev.azure.com/acme/", BUILD_REQUESTEDFOR: "M Lee" }),
	gitlab: () => ({ GITLAB_CI: "true", GITLAB_USER_LOGIN: "mlee", CI_PROJECT_PATH: "acme/storage" }),
};

/** Expressions of the three platforms, each as its platform fills it in; one that is not known is a mistake. */
function valuesOf(environment: Readonly<Record<string, string>>, given: Given): Record<string, string> {
	const { state = "", failoverTo = "none", lost = "none", reason = "", approvals = "" } = given;
	const typed: Readonly<Record<string, string>> = { state, failoverTo, lost, reason, approvals };
	const known: Readonly<Record<string, string>> = {
		...Object.fromEntries(
			Object.entries(typed).flatMap(([name, value]) => [
				[`\${{ inputs.${name} }}`, value],
				[`\${{ parameters.${name} }}`, value],
			]),
		),
		$SWITCH_OVER_STATE: state,
		$SWITCH_OVER_FAILOVER_TO: failoverTo,
		$SWITCH_OVER_LOST: lost,
		[githubRunId]: "8123",
		"$(Build.BuildId)": "8123",
		$CI_PIPELINE_ID: "8123",
	};
	return Object.fromEntries(
		Object.entries(environment).flatMap(([name, value]) => {
			// The site's own secrets and tokens; the project of the test brings what they are for.
			if (
				/^(\$\{\{ (secrets|vars)\.\w+ \}\}|\$\{\{ github\.token \}\}|\$\([A-Z_]+\)|\$\(System\.AccessToken\))$/.test(
					value,
				)
			)
				return [];
			const filled = value.startsWith("$") ? known[value] : value;
			if (filled === undefined) throw new Error(`nobody fills in ${name}: ${value}`);
			return [[name, filled]];
		}),
	);
}

export function git(folder: string, ...args: readonly string[]): string {
	return execFileSync("git", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** Bash and git are on the runners of all three platforms; a machine that lacks them cannot stand for one. */
export function missingPrograms(): string[] {
	const folders = (process.env.PATH ?? "").split(":");
	return ["bash", "git"].filter((name) => !folders.some((path) => existsSync(join(path, name))));
}
