import { describe, expect, test } from "vitest";
import { whoIn } from "../../provider/ledger/who";

describe("who runs it", () => {
	test.each([
		[
			"GitHub Actions",
			{
				GITHUB_ACTIONS: "true",
				GITHUB_ACTOR: "mlee",
				GITHUB_REPOSITORY: "acme/storage",
				GITHUB_RUN_ID: "8123",
				GITHUB_SERVER_URL: "https://github.com",
			},
			{
				from: "github",
				actor: "mlee",
				place: "acme/storage",
				run: "8123",
				url: "https://github.com/acme/storage/actions/runs/8123",
			},
		],
		[
			"Azure Pipelines",
			{
				TF_BUILD: "True",
				BUILD_REQUESTEDFOR: "Mary Lee",
				BUILD_BUILDID: "77",
				SYSTEM_TEAMPROJECT: "Storage Team",
				SYSTEM_COLLECTIONURI: "https://dev.azure.com/acme/",
			},
			{
				from: "azure",
				actor: "Mary Lee",
				place: "Storage Team",
				run: "77",
				url: "https://dev.azure.com/acme/Storage%20Team/_build/results?buildId=77",
			},
		],
		[
			"GitLab",
			{
				GITLAB_CI: "true",
				GITLAB_USER_LOGIN: "mlee",
				CI_PROJECT_PATH: "acme/storage",
				CI_PIPELINE_ID: "9",
				CI_JOB_URL: "https://gitlab-ci-token:secret@gitlab.example.com/acme/storage/-/jobs/31",
			},
			{
				from: "gitlab",
				actor: "mlee",
				place: "acme/storage",
				run: "9",
				url: "https://gitlab.example.com/acme/storage/-/jobs/31",
			},
		],
	])("in %s is its actor, with the run and no credentials", (_, environment, who) => {
		expect(whoIn(environment)).toEqual(who);
	});

	test("elsewhere is the user and the machine, whatever variables of a pipeline are left", () => {
		const { from, actor, place, run, url } = whoIn({ GITHUB_ACTOR: "mlee", CI_JOB_URL: "https://gitlab.example.com" });
		expect([from, run, url]).toEqual(["machine", null, null]);
		expect([actor, place].every((name) => name.length > 0 && name !== "mlee")).toBe(true);
	});

	test("an address that is none is left out", () => {
		expect(whoIn({ GITLAB_CI: "true", CI_JOB_URL: "not an address" }).url).toBe(null);
	});
});
