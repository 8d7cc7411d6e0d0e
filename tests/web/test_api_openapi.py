from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import TypeAdapter

from kiban.web.api.models import AnswerModel, HealthModel, OutcomeModel
from kiban.web.api.record_models import FileModel, FilesModel, NumbersModel, ShownModel
from kiban.web.api.sample_models import RecordedModel, RecordModel

from .conftest import CUT, SWEEP, Program

OPERATIONS = {
    "list_campaigns": ("get", "/api/v1/campaigns"),
    "propose_campaign": ("post", "/api/v1/campaigns/propose"),
    "begin_campaign": ("post", "/api/v1/campaigns"),
    "propose_from_candidates": ("post", "/api/v1/campaigns/nimo"),
    "get_nimo_files": ("get", "/api/v1/campaigns/{identifier}/nimo"),
    "read_nimo_file": ("post", "/api/v1/campaigns/{identifier}/nimo"),
    "get_campaign": ("get", "/api/v1/campaigns/{identifier}"),
    "change_campaign": ("patch", "/api/v1/campaigns/{identifier}"),
    "suggest_experiments": ("post", "/api/v1/campaigns/{identifier}/suggest"),
    "move_experiments": ("post", "/api/v1/campaigns/{identifier}/moves"),
    "add_experiment": ("post", "/api/v1/campaigns/{identifier}/experiments"),
    "change_experiment": ("patch", "/api/v1/campaigns/{identifier}/experiments/{number}"),
    "tell_result": ("post", "/api/v1/campaigns/{identifier}/experiments/{number}/result"),
    "tell_failure": ("post", "/api/v1/campaigns/{identifier}/experiments/{number}/failure"),
    "repeat_experiment": ("post", "/api/v1/campaigns/{identifier}/experiments/{number}/repeat"),
    "import_experiments": ("post", "/api/v1/campaigns/{identifier}/import"),
    "get_slices": ("get", "/api/v1/campaigns/{identifier}/slices"),
    "get_front": ("get", "/api/v1/campaigns/{identifier}/front"),
    "set_course": ("post", "/api/v1/campaigns/{identifier}/course"),
    "list_laboratories": ("get", "/api/v1/campaigns/{identifier}/laboratories"),
    "get_run": ("get", "/api/v1/campaigns/{identifier}/run"),
    "begin_run": ("post", "/api/v1/campaigns/{identifier}/run"),
    "end_run": ("post", "/api/v1/campaigns/{identifier}/run/stop"),
    "complete_question": ("get", "/api/v1/completions"),
    "list_saved_searches": ("get", "/api/v1/searches"),
    "add_saved_search": ("post", "/api/v1/searches"),
    "get_saved_search": ("get", "/api/v1/searches/{search}"),
    "change_saved_search": ("patch", "/api/v1/searches/{search}"),
    "remove_saved_search": ("delete", "/api/v1/searches/{search}"),
    "restore_saved_search": ("post", "/api/v1/searches/{search}/restore"),
    "get_news": ("get", "/api/v1/searches/{search}/new"),
    "have_seen": ("post", "/api/v1/searches/{search}/seen"),
    "get_atom_feed": ("get", "/api/v1/searches/{search}/feed.atom"),
    "get_json_feed": ("get", "/api/v1/searches/{search}/feed.json"),
    "preview_table": ("post", "/api/v1/experiments/preview"),
    "keep_table": ("post", "/api/v1/experiments"),
    "get_table_progress": ("get", "/api/v1/experiments/progress"),
    "get_mappings": ("get", "/api/v1/experiments/mappings"),
    "preview_table_withdrawal": ("get", "/api/v1/experiments/withdrawal"),
    "withdraw_table": ("delete", "/api/v1/experiments"),
    "accept_agreement": ("post", "/api/v1/agreements/{agreement}/accept"),
    "activate_account": ("post", "/api/v1/people/{login}/activate"),
    "add_group": ("post", "/api/v1/groups"),
    "add_organisation": ("post", "/api/v1/organisations"),
    "add_property_term": ("post", "/api/v1/terms"),
    "adopt_structure": ("post", "/api/v1/structures/{name}"),
    "agreement_history": ("get", "/api/v1/agreements/{agreement}/history"),
    "appoint_organisation_steward": ("put", "/api/v1/organisations/{organisation}/stewards/{party}"),
    "change_account": ("patch", "/api/v1/people/{login}"),
    "change_organisation": ("patch", "/api/v1/organisations/{organisation}"),
    "change_party": ("put", "/api/v1/agreements/{agreement}/parties/{party}"),
    "change_policy": ("patch", "/api/v1/projects/{project}/policy"),
    "change_process": ("patch", "/api/v1/processes/{identifier}"),
    "change_property_term": ("put", "/api/v1/terms/{name}"),
    "change_sample": ("patch", "/api/v1/samples/{identifier}"),
    "change_terms": ("patch", "/api/v1/agreements/{agreement}"),
    "combine_samples": ("post", "/api/v1/samples/combine"),
    "deactivate_account": ("post", "/api/v1/people/{login}/deactivate"),
    "decide_release": ("post", "/api/v1/export-control/decisions"),
    "decline_agreement": ("post", "/api/v1/agreements/{agreement}/decline"),
    "delete_rights": ("delete", "/api/v1/records/{identifier}/rights"),
    "deposit_files": ("post", "/api/v1/deposits"),
    "dismiss_organisation_steward": ("delete", "/api/v1/organisations/{organisation}/stewards/{party}"),
    "divide_sample": ("post", "/api/v1/samples/{identifier}/divide"),
    "draft_agreement": ("post", "/api/v1/agreements"),
    "end_agreement": ("post", "/api/v1/agreements/{agreement}/end"),
    "end_session": ("delete", "/api/v1/sessions/{session}"),
    "end_sessions": ("delete", "/api/v1/sessions"),
    "exclude_party": ("delete", "/api/v1/agreements/{agreement}/parties/{party}"),
    "export_log": ("get", "/api/v1/audit/export"),
    "extend_process": ("post", "/api/v1/processes/{identifier}/extend"),
    "get_access": ("get", "/api/v1/records/{identifier}/access"),
    "get_account": ("get", "/api/v1/people/{login}"),
    "get_content": ("get", "/api/v1/files/{sha256}/content"),
    "get_dataset": ("get", "/api/v1/datasets/{identifier}"),
    "get_dataset_export": ("get", "/api/v1/datasets/{identifier}/export"),
    "get_dataset_exports": ("get", "/api/v1/datasets/{identifier}/exports"),
    "get_datasets": ("get", "/api/v1/datasets"),
    "get_export": ("get", "/api/v1/records/{identifier}/export"),
    "get_export_judgement": ("get", "/api/v1/records/{identifier}/export-control"),
    "get_exports": ("get", "/api/v1/records/{identifier}/exports"),
    "get_fact_stream": ("get", "/api/v1/facts/stream"),
    "get_file": ("get", "/api/v1/files/{sha256}"),
    "get_files": ("get", "/api/v1/files"),
    "get_header": ("get", "/api/v1/records/{identifier}/header"),
    "get_label_sizes": ("get", "/api/v1/labels/sizes"),
    "get_label_texts": ("get", "/api/v1/labels/texts"),
    "get_labels": ("get", "/api/v1/labels"),
    "get_normalised": ("get", "/api/v1/records/{identifier}/normalised"),
    "get_numbers": ("get", "/api/v1/records/{identifier}/numbers"),
    "get_one_template": ("get", "/api/v1/templates/{identifier}"),
    "get_similar": ("get", "/api/v1/records/{identifier}/similar"),
    "get_provenance": ("get", "/api/v1/records/{identifier}/provenance"),
    "get_quantity": ("get", "/api/v1/quantities"),
    "get_readers": ("get", "/api/v1/readers"),
    "get_record": ("get", "/api/v1/records/{identifier}"),
    "get_record_stream": ("get", "/api/v1/records/stream"),
    "get_releases": ("get", "/api/v1/export-control"),
    "get_rights": ("get", "/api/v1/records/{identifier}/rights"),
    "get_section": ("get", "/api/v1/records/{identifier}/section"),
    "get_structures": ("get", "/api/v1/structures"),
    "get_table": ("get", "/api/v1/tables"),
    "get_techniques": ("get", "/api/v1/techniques"),
    "get_template_diff": ("get", "/api/v1/templates/{identifier}/diff"),
    "get_templates": ("get", "/api/v1/templates"),
    "get_terms": ("get", "/api/v1/terms"),
    "get_unit": ("get", "/api/v1/units"),
    "grant_role": ("put", "/api/v1/projects/{project}/members/{party}"),
    "health": ("get", "/api/v1/health"),
    "invite_party": ("post", "/api/v1/agreements/{agreement}/parties"),
    "join_group": ("put", "/api/v1/groups/{group}/members/{party}"),
    "judge_export": ("post", "/api/v1/export-control/judgements"),
    "leave_agreement": ("post", "/api/v1/agreements/{agreement}/leave"),
    "leave_group": ("delete", "/api/v1/groups/{group}/members/{party}"),
    "link_sample": ("post", "/api/v1/records/{identifier}/sample"),
    "list_accounts": ("get", "/api/v1/people"),
    "list_agreements": ("get", "/api/v1/agreements"),
    "list_groups": ("get", "/api/v1/groups"),
    "list_organisations": ("get", "/api/v1/organisations"),
    "list_projects": ("get", "/api/v1/projects"),
    "list_records": ("get", "/api/v1/records"),
    "list_sessions": ("get", "/api/v1/sessions"),
    "list_tokens": ("get", "/api/v1/tokens"),
    "make_account": ("post", "/api/v1/people"),
    "make_login_link": ("post", "/api/v1/people/{login}/link"),
    "make_project": ("post", "/api/v1/projects"),
    "make_token": ("post", "/api/v1/tokens"),
    "merge_property_term": ("post", "/api/v1/terms/{name}/merge"),
    "patch_dataset": ("patch", "/api/v1/datasets/{identifier}"),
    "post_dataset": ("post", "/api/v1/datasets"),
    "post_freeze": ("post", "/api/v1/datasets/{identifier}/freeze"),
    "post_invitation": ("post", "/api/v1/invitations"),
    "post_members": ("post", "/api/v1/datasets/{identifier}/records"),
    "post_next": ("post", "/api/v1/datasets/{identifier}/next"),
    "post_publish": ("post", "/api/v1/datasets/{identifier}/publish"),
    "post_template": ("post", "/api/v1/templates"),
    "post_tier": ("post", "/api/v1/tiers"),
    "post_undo": ("post", "/api/v1/changes/{change}/undo"),
    "post_withdraw": ("post", "/api/v1/datasets/{identifier}/withdraw"),
    "preview_invitation": ("post", "/api/v1/agreements/{agreement}/parties/preview"),
    "preview_policy": ("post", "/api/v1/projects/{project}/policy/preview"),
    "preview_term_merge": ("get", "/api/v1/terms/{name}/merge"),
    "preview_terms": ("post", "/api/v1/agreements/{agreement}/terms/preview"),
    "project_history": ("get", "/api/v1/projects/{project}/history"),
    "put_rights": ("put", "/api/v1/records/{identifier}/rights"),
    "put_template": ("put", "/api/v1/templates/{identifier}"),
    "read_anew": ("post", "/api/v1/files/{sha256}/readings"),
    "read_log": ("get", "/api/v1/audit"),
    "record_process": ("post", "/api/v1/processes"),
    "register_sample": ("post", "/api/v1/samples"),
    "remove_members": ("post", "/api/v1/datasets/{identifier}/records/remove"),
    "rename_group": ("patch", "/api/v1/groups/{group}"),
    "rename_project": ("patch", "/api/v1/projects/{project}"),
    "restore_version": ("post", "/api/v1/records/{identifier}/restore"),
    "revoke_token": ("delete", "/api/v1/tokens/{token}"),
    "search_records": ("get", "/api/v1/search"),
    "set_release_table": ("put", "/api/v1/export-control/table"),
    "shared_under": ("get", "/api/v1/agreements/{agreement}/shared"),
    "show_agreement": ("get", "/api/v1/agreements/{agreement}"),
    "show_group": ("get", "/api/v1/groups/{group}"),
    "show_organisation": ("get", "/api/v1/organisations/{organisation}"),
    "show_project": ("get", "/api/v1/projects/{project}"),
    "show_property_term": ("get", "/api/v1/terms/{name}"),
    "state_composition": ("post", "/api/v1/samples/{identifier}/compositions"),
    "switch_codes_off": ("post", "/api/v1/people/{login}/codes-off"),
    "taken_under": ("get", "/api/v1/agreements/{agreement}/taken"),
    "undo_project_change": ("post", "/api/v1/projects/{project}/undo"),
    "undo_term_merge": ("delete", "/api/v1/terms/{name}/merge"),
    "what_person_sees": ("get", "/api/v1/people/{person}/sees"),
    "who_am_i": ("get", "/api/v1/me"),
    "withdraw_role": ("delete", "/api/v1/projects/{project}/members/{party}"),
}
"""Programs are generated from these names: they stay."""


@pytest.fixture(scope="module", name="document")
def _document(program: Program) -> dict[str, Any]:
    found: dict[str, Any] = program.get("/api/v1/openapi.json").json()
    return found


def _routes(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, route) for path, methods in document["paths"].items() for method, route in methods.items()]


def test_every_route_keeps_its_name(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert {r["operationId"]: (method, path) for method, path, r in _routes(document)} == OPERATIONS


def test_every_route_says_what_it_does_and_how_it_fails(document: dict[str, Any]) -> None:
    for method, path, route in _routes(document):
        assert route["summary"], path
        assert route["description"], path
        assert route["tags"], path
        for status, response in route["responses"].items():
            if status != "200":
                assert list(response["content"]) == ["application/problem+json"], (method, path, status)


def test_nothing_in_it_is_on_another_host(document: dict[str, Any]) -> None:
    # Pages of the framework that load scripts from elsewhere are off.
    assert "http" not in re.sub(r"httpV", "", str(document.get("servers", "")))
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_the_framework_s_own_pages_are_off(program: Program) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert program.get(path).status_code == 404


def test_answers_are_what_the_document_says(program: Program) -> None:
    def given(address: str) -> Any:
        return program.get(address).json()

    TypeAdapter(HealthModel).validate_python(given("/api/v1/health"))
    answer = TypeAdapter(AnswerModel).validate_python(given("/api/v1/search"))
    for hit in answer.hits:
        TypeAdapter(ShownModel).validate_python(given(f"/api/v1/records/{hit.id}"))
        if hit.kind == "measurement":
            TypeAdapter(NumbersModel).validate_python(given(f"/api/v1/records/{hit.id}/numbers"))
    files = TypeAdapter(FilesModel).validate_python(given("/api/v1/files"))
    TypeAdapter(list[FileModel]).validate_python(given(f"/api/v1/files/{files.files[0].sha256}"))


def test_outcomes_are_what_the_document_says(empty: Program) -> None:
    for name, content in (("a.csv", SWEEP % b"9"), ("cut.xrdml", CUT), ("x.bin", b"\x00")):
        TypeAdapter(OutcomeModel).validate_python(empty.deposit(name, content))


def test_answers_about_samples_are_what_the_document_says(empty: Program) -> None:
    def sent(address: str, **body: Any) -> Any:
        return empty.ask("POST", f"/api/v1/{address}", json=body).json()

    one = TypeAdapter(RecordModel).validate_python(sent("samples", name="S"))
    TypeAdapter(list[RecordModel]).validate_python(sent(f"samples/{one.id}/divide", names=["a", "b"]))
    recorded = TypeAdapter(RecordedModel).validate_python(
        sent("processes", name="run", inputs=[one.id], outputs=[{"name": "out"}])
    )
    assert (recorded.process.kind, recorded.outputs[0].title) == ("process", "out")


def test_an_address_that_is_not_there_is_told_as_a_problem(program: Program) -> None:
    answer = program.get("/api/v1/nothing")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    answer = program.ask("DELETE", "/api/v1/health")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["error"] == "WrongUsage"
