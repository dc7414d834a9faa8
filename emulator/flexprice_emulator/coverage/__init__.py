"""What is covered: every operation of the real service, whether it is served, how true it is, and which tests ask for it.

`reference.csv` lists the real service's operations (tier T1 is what clients use most; source `openapi`: documented there, and not
served). `operations.json` is written from it, the code, the recordings and the tests by `make generate`; the server reads that file.
"""
