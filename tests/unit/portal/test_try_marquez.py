import json, pytest
from urllib.parse import quote
from tests.unit.portal.interface import Interface, interface_threads
from tests.unit.portal.marquez_scene import *
pytestmark = pytest.mark.django_db
def q(s): return quote(s, safe="")
def test_x(prepared):
    plant_scene()
    with interface_threads():
        i = Interface("auditor")
        for path in ["/namespaces", f"/namespaces/{q(DUCK)}", "/sources", f"/namespaces/{q(DUCK)}/datasets", f"/namespaces/{q(SPARK)}/datasets/{q('report:daily/x')}", f"/namespaces/{q(DUCK)}/datasets/main.clean/versions","/jobs","/jobs?lastRunStates=FAILED", f"/namespaces/{q(ETL)}/jobs/{q(REPORT[1])}", f"/namespaces/{q(ETL)}/jobs/dag.clean/runs", f"/jobs/runs/{FIRST}", f"/jobs/runs/{FIRST}/facets?type=job", f"/lineage?nodeId=dataset:{DUCK}:main.clean&depth=0", f"/column-lineage?nodeId=dataset:{DUCK}:main.clean&withDownstream=true", "/search?q=MAIN&sort=UPDATE_AT", "/events/lineage?limit=2&after=&before=", "/stats/jobs?period=DAY","/stats/lineage-events?period=WEEK&timezone=Asia/Shanghai", "/tags"]:
            a = i.client.get("/api/v1"+path)
            print("=====", path, a.status_code, dict(a.headers)); print(json.dumps(a.json(), ensure_ascii=False, indent=1)[:1800])
        a = i.client.get("/api/v2beta/search/jobs?q=dag"); print(a.status_code, a.text[:600])
        a = i.client.delete(f"/api/v1/namespaces/{q(DUCK)}/datasets/main.raw"); print(a.status_code, a.text)
