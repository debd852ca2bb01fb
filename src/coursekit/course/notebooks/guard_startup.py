__import__("coursekit.course.notebooks.guard", fromlist=["begin"]).begin()  # it leaves no name in the notebook
